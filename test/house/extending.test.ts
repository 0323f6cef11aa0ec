import { describe, expect, it } from 'vitest';
import { additions, applyDiff, root } from './additions.ts';

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

describe('the diffs that show how to add a kind', () => {
  it('are one for each heading that has a target', () => {
    expect(additions.map(({ heading }) => heading).toSorted()).toEqual(Object.keys(targets).toSorted());
  });

  it.each(additions)('apply to this repository: $heading', ({ page, heading, diff }) => {
    const { status, stderr } = applyDiff(diff, root, '--check');
    // In the copy of a reader who has applied it, it is there already.
    if (status !== 0 && applyDiff(diff, root, '--check', '--reverse').status === 0) return;
    const todo = `The diff under “${heading}” of ${page} does not apply any more. Make the addition again, check it, and replace the block by \`git diff -U1\` without the line below each change`;
    expect(status, `${todo}:\n${stderr}`).toBe(0);
  });

  it.each(additions)('hold nothing that stands below a change: $heading', ({ diff }) => {
    const lines = diff.split('\n');
    expect(lines.filter((line, at) => line.startsWith(' ') && /^(@@|---|$)/.test(lines[at + 1] ?? ''))).toEqual([]);
  });

  it.each(additions)('take no more files than the target: $heading', ({ heading, diff }) => {
    const { files, lists } = targets[heading] ?? { files: 0, lists: [] };
    const touched = [...diff.matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file ?? '');
    expect(touched.filter((file) => !lists.includes(file)).length, touched.join(', ')).toBeLessThanOrEqual(files);
    expect(lists.filter((file) => !touched.includes(file))).toEqual([]);
  });
});
