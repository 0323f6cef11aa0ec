import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = ['docs/extending.md', 'docs/extending-screens.md', 'docs/run-kinds.md'];

/**
 * How many files one more of a kind may take, under the heading of its diff. `lists` are apart: files in which it only gets its
 * lines, since the compiler or a test asks for them by name.
 */
const targets: Readonly<Record<string, { files: number; lists: readonly string[] }>> = {
  'A journey node': {
    files: 3,
    lists: ['domain/journeys/nodes/node-kinds.ts', 'domain/journeys/nodes/node-kinds.test.ts'],
  },
  'An action': { files: 2, lists: [] },
  'A stage': {
    files: 1,
    lists: [
      'domain/documents/stages/stages.ts',
      'domain/documents/stages/render.ts',
      'docs/documents.md',
      'contracts/documents/documents.ts',
      'dashboard/src/entities/batch/batch-stages.ts',
    ],
  },
  'A provider': { files: 1, lists: ['activities/providers/crm/provider.ts', 'activities/providers/crm/settings.ts'] },
  'An endpoint': { files: 4, lists: ['test/api/calls.ts'] },
  'A table': { files: 2, lists: [] },
  'A page of the dashboard': { files: 2, lists: [] },
  'A kind of run': {
    files: 3,
    lists: [
      'contracts/runs/run-kinds.schema.ts',
      'worker/compose.ts',
      'workflows/runs.ts',
      'platform/db/runs/run-subject.ts',
      'dashboard/src/entities/run/run-kinds.tsx',
    ],
  },
};

const blocks = pages.flatMap((page) => blocksOf(page, readFileSync(join(root, page), 'utf8')));

describe('the diffs that show how to add a kind', () => {
  it('are one for each heading that has a target', () => {
    expect(blocks.map(({ heading }) => heading).toSorted()).toEqual(Object.keys(targets).toSorted());
  });

  it.each(blocks)('apply to this repository: $heading', ({ page, heading, diff }) => {
    // A copy without `.git` is taken as it is: the ceiling keeps git from a repository further up, which would skip every file.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: join(root, '..') };
    const options = { cwd: root, env, input: diff, encoding: 'utf8' } as const;
    const check = (...how: string[]) => spawnSync('git', ['apply', '--check', '--unidiff-zero', ...how, '-'], options);
    const { status, stderr } = check();
    // In the copy of a reader who has applied it, it is there already.
    if (status !== 0 && check('--reverse').status === 0) return;
    const todo = `The diff under “${heading}” of ${page} does not apply any more. Make the addition again, check it, and replace the block by \`git diff -U1\` without the line below each change`;
    expect(status, `${todo}:\n${stderr}`).toBe(0);
  });

  it.each(blocks)('hold nothing that stands below a change: $heading', ({ diff }) => {
    const lines = diff.split('\n');
    expect(lines.filter((line, at) => line.startsWith(' ') && /^(@@|---|$)/.test(lines[at + 1] ?? ''))).toEqual([]);
  });

  it.each(blocks)('take no more files than the target: $heading', ({ heading, diff }) => {
    const { files, lists } = targets[heading] ?? { files: 0, lists: [] };
    const touched = [...diff.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file ?? '');
    expect(touched.filter((file) => !lists.includes(file)).length, touched.join(', ')).toBeLessThanOrEqual(files);
    expect(lists.filter((file) => !touched.includes(file))).toEqual([]);
  });
});

/** The diffs of a page, each with the heading above it. */
function blocksOf(page: string, text: string): { page: string; heading: string; diff: string }[] {
  return text.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    return [...section.matchAll(/^```diff\n([\s\S]*?)^```$/gm)].map(([, diff = '']) => ({ page, heading, diff }));
  });
}
