import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stages } from './stages.ts';

it('has work or a gate in each stage of a batch', () => {
  const both = Object.entries(stages).filter(([, { work, gate }]) => (work === null) === (gate === null));
  expect(both).toEqual([]);
});

it('is the only place of the machine that tells them apart', () => {
  const names = Object.keys(stages).join('|');
  const asks = new RegExp(`switch \\(state\\.stage\\)|\\bstage [!=]== '(${names})'`);
  const files = globSync('domain/documents/**/*.ts', {
    exclude: ['domain/documents/stages/**', '**/*.test.ts'],
  });
  expect(files.filter((file) => asks.test(readFileSync(file, 'utf8')))).toEqual([]);
});
