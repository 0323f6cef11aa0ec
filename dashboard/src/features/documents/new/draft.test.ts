import { expect, it } from 'vitest';
import { BatchOptions } from '../../../../../contracts/documents/batch.schema.ts';
import { type BatchDraft, optionsOf, proposedKey, readTemplate } from './draft.ts';

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

const columns = { policy: { identifying: true }, name: { identifying: true }, plan: {} };
const template = { name: 'Letter', columns, slots: {}, body: 'Hello' };

it('says in words what is wrong with a file that is no template (dashboard F13, new batch)', () => {
  expect(readTemplate(JSON.stringify(template))).toMatchObject({ value: { name: 'Letter' }, faults: [] });
  expect(readTemplate('Dear {{ name }}')).toEqual({ value: null, faults: [] });
  expect(readTemplate('{ "columns": {}, "slots": [], "body": "Hello", "colour": "red" }').faults).toEqual([
    { place: 'name', what: 'missing' },
    { place: 'slots', what: 'wrong' },
    { place: 'colour', what: 'unknown' },
  ]);
});

it('takes the identifying column of the template for what names the documents (dashboard F13, new batch)', () => {
  const { value } = readTemplate(JSON.stringify(template));
  const head = (rows: string[][]) => ({
    header: ['Plan', 'Policy', 'Name'],
    rows,
    format: { encoding: 'utf-8', separator: ',', decimal: null } as const,
  });
  expect(
    proposedKey(
      value,
      head([
        ['pro', 'P-1', 'Ana'],
        ['pro', 'P-2', 'Ana'],
      ]),
    ),
  ).toBe('policy');
  expect(
    proposedKey(
      value,
      head([
        ['pro', 'P-1', 'Ana'],
        ['pro', 'P-1', 'Bo'],
      ]),
    ),
  ).toBe('name');
  expect(
    proposedKey(
      value,
      head([
        ['pro', '', 'Ana'],
        ['pro', '', 'Ana'],
      ]),
    ),
  ).toBe('');
  expect(proposedKey(null, head([]))).toBe('');
  expect(proposedKey(value, null)).toBe('');
});
