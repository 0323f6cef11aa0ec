import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// What lies ahead today lies behind one day, and a test that meant it so fails from then on. `contracts/` and `domain/` have no clock, so
// their tests may name any day.
it('names no day of the next decades where a test can tell it from today', () => {
  const exclude = ['**/node_modules/**', 'contracts/**', 'domain/**', 'test/checks/**'];
  const passing = globSync(['**/*.test.ts', 'test/**/*.ts'], { exclude }).flatMap((file) =>
    (readFileSync(file, 'utf8').match(/\b20\d\d-\d\d-\d\d/g) ?? [])
      .filter((day) => day > '2026-11-30' && day < '2090')
      .map((day) => `${file}: ${day}`),
  );
  expect(passing).toEqual([]);
});
