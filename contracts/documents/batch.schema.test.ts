import { expect, it } from 'vitest';
import { BatchOptions } from './batch.schema.ts';

it.each([
  ['de-AT', true],
  ['zh-Hant-TW', true],
  ['sr-Latn', true],
  ['de-12', false],
  ['en-US-US', false],
  ['ca-valencia-valencia', false],
])('a batch in %s can be written: %s (ntfy#912, vue-i18n#312)', (language, isOne) => {
  expect(BatchOptions.shape.language.safeParse(language).success).toBe(isOne);
});
