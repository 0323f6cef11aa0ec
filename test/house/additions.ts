import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const pages = ['docs/extending.md', 'docs/extending-screens.md', 'docs/run-kinds.md'];

/** An addition that the docs show: the heading above it, and its diff. */
type Addition = { page: string; heading: string; diff: string };

/** All additions that the docs show. */
export const additions: readonly Addition[] = pages.flatMap((page) => {
  return readFileSync(join(root, page), 'utf8')
    .split(/^## /m)
    .flatMap((section) => {
      const heading = section.slice(0, section.indexOf('\n'));
      return [...section.matchAll(/^```diff\n([\s\S]*?)^```$/gm)].map(([, diff = '']) => ({ page, heading, diff }));
    });
});

/** Applies a diff in a folder as the docs say; a status other than 0 where it does not apply. */
export function applyDiff(diff: string, folder: string, ...how: string[]): { status: number | null; stderr: string } {
  // A folder without `.git` is taken as it is: the ceiling keeps git from a repository further up, which would skip every file.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: join(folder, '..') };
  const args = ['apply', '--unidiff-zero', ...how, '-'];
  return spawnSync('git', args, { cwd: folder, env, input: diff, encoding: 'utf8' });
}
