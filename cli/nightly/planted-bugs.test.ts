import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/root.ts';
import { plantedBugs } from './planted-bugs.ts';

it.each(plantedBugs)('has one place to plant it: $name', ({ file, find, tests }) => {
  expect(readFileSync(join(root, file), 'utf8').split(find), `${file} has the text once`).toHaveLength(2);
  for (const test of tests)
    expect(readFileSync(join(root, test), 'utf8'), 'runs the sources, not the build').not.toContain('use-installation');
});
