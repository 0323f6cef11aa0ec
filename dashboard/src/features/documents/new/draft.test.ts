import { expect, it } from 'vitest';
import { BatchOptions } from '../../../../../contracts/documents/batch.schema.ts';
import { type BatchDraft, optionsOf } from './draft.ts';

const draft: BatchDraft = {
  mends: '',
  name: ' Renewals ',
  template: JSON.stringify({ name: 'Letter', columns: { policy: {} }, slots: {}, locked: {}, body: 'Hello' }),
  brief: 'Tell customers that their policy is renewed.',
  brand: '{ "name": "Acme" }',
  key: 'policy',
  email: '',
  map: {},
  encoding: '',
  separator: ';',
  decimal: '',
  model: ' gpt-5-mini',
  others: '',
  language: 'en',
  date: '',
  budget: '2.5',
  review: 'flagged',
};

it('what is typed is what the API takes, with the other models in their order', () => {
  const alone = BatchOptions.parse(optionsOf(draft));
  expect(alone).toMatchObject({ name: 'Renewals', model: 'gpt-5-mini', budgetMicros: 2_500_000 });
  expect(alone.fallbackModels).toBeUndefined();
  expect(alone.date).toBeUndefined();
  expect(BatchOptions.parse(optionsOf({ ...draft, date: '2026-01-05' })).date).toBe('2026-01-05');
  expect(alone.columns).toEqual({ key: 'policy', map: {}, separator: ';' });
  const found = BatchOptions.parse(optionsOf(draft, { encoding: 'windows-1252' }));
  expect(found.columns).toMatchObject({ encoding: 'windows-1252' });
  const others = 'claude-haiku-4-5, team/qwen3:8b,\n';
  expect(BatchOptions.parse(optionsOf({ ...draft, others })).fallbackModels).toEqual([
    'claude-haiku-4-5',
    'team/qwen3:8b',
  ]);
});
