import { expect, it } from 'vitest';
import type { FoundItem } from '../../../contracts/operations/search-api.schema.ts';
import { noteRecent, recentItems } from './palette-store.ts';

const found = (id: string): FoundItem =>
  ({ kind: 'run', id, title: id, subtitle: '', ref: null }) as unknown as FoundItem;

it('keeps the last five that were opened, each once, the last first (dashboard section 4)', () => {
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'd']) noteRecent(found(id));
  expect(recentItems().map(({ id }) => id)).toEqual(['d', 'f', 'e', 'c', 'b']);
});
