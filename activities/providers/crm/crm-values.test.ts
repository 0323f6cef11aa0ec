import { expect, it } from 'vitest';
import { createFieldWriter } from './crm-values.ts';

it('a field may have a name that every object inherits (LokiJS #839)', async () => {
  const write = createFieldWriter({ score: 'lead_score' }, () => Promise.resolve(false));
  const values = JSON.parse('{"constructor":"x","toString":"y","__proto__":"z","score":7}') as Record<string, string>;
  const written = await write(values, undefined);
  expect(Object.entries(written)).toEqual([
    ['constructor', 'x'],
    ['toString', 'y'],
    ['__proto__', 'z'],
    ['lead_score', 7],
  ]);
});
