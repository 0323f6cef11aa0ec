import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stages } from './stages.ts';

it('has work or a gate in each stage of a batch', () => {
  const both = Object.entries(stages).filter(([, { work, gate }]) => (work === null) === (gate === null));
  expect(both).toEqual([]);
});

it('is the only place that tells them apart', () => {
  const names = Object.keys(stages).join('|');
  const asks = new RegExp(`switch \\([\\w.]*\\bstage\\)|\\b(stage|step) [!=]== '(${names})'`);
  const files = globSync('{domain/documents,api,activities,platform,sdk,cli,worker,dashboard/src}/**/*.{ts,tsx}', {
    exclude: ['domain/documents/stages/**', '**/*.test.ts'],
  });
  expect(files.filter((file) => asks.test(readFileSync(file, 'utf8')))).toEqual([]);
});
