import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// A part of a name is found twice as soon as a panel that comes and goes has it too: "Runs" is in "Runs are retried".
it('names what a test looks for on a page by its whole name or by a pattern', () => {
  const vague = globSync('test/{browser,dashboard}/**/*.ts').flatMap((file) =>
    (readFileSync(file, 'utf8').match(/getByRole\([^{)]*\{[^}]*\bname: ['"`](?:\$\{[^}]*\}|[^}])*\}/g) ?? [])
      .filter((locator) => !locator.includes('exact: true'))
      .map((locator) => `${file}: ${locator}`),
  );
  expect(vague).toEqual([]);
});
