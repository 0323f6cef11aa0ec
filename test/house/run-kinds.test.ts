import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as workflows from '../../workflows/runs.ts';
import {
  RunSubject,
  runKindNames,
  runKinds,
  workflowQueueOf,
  workflowQueues,
} from '../../contracts/runs/run-kinds.schema.ts';

/** The statements of a feature about its own runs, which name their kind as they name their tables. */
const own = ['platform/db/views/journey-figures.ts'];

describe('the records of run kinds', () => {
  it.each(runKindNames)('agree with themselves: %s', (name) => {
    const { workflow, taskQueue, subject } = runKinds[name];
    expect(subject.shape.kind.value).toBe(name);
    expect(RunSubject.options).toContain(subject);
    // Runs of 0.1 have no type in their row; for them it is made from the kind.
    expect(workflow).toBe(`${name}Workflow`);
    expect(Object.keys(workflows)).toContain(workflow);
    expect(workflowQueueOf(workflow)).toBe(taskQueue);
    expect(workflowQueues).toContain(taskQueue);
  });

  it('leave workflows without a record on the queue that every installation serves', () => {
    expect(workflowQueueOf('importContactsWorkflow')).toBe('core');
    expect(workflowQueues).toContain('core');
  });

  it('are the only place that tells kinds of runs apart', () => {
    const kinds = runKindNames.join('|');
    const asks = new RegExp(
      [
        // A comparison, in TypeScript, in Kysely and in SQL.
        `\\b(kind|run_kind|runKind)'?\\]?,? ?(===|!==|=|<>|!=|in|'='|'!='),? ?\\(?'(${kinds})'`,
        'switch \\([^)]*\\b(run\\.kind|run_kind|runKind)\\)',
        `case (r|run)\\.kind\\s+when '`,
      ].join('|'),
    );
    const files = globSync('{domain,api,activities,platform,sdk,cli,worker,workflows}/**/*.ts', {
      exclude: [...own, '**/*.test.ts', 'platform/db/migrations/**', 'cli/demo/**'],
    });
    expect(files.filter((file) => asks.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('leave it to one file of the dashboard to compare them', () => {
    const asks = new RegExp(`([!=]==|\\bcase) '(${runKindNames.join('|')})'`);
    const files = globSync('dashboard/src/**/*.{ts,tsx}', { exclude: ['dashboard/src/entities/run/run-kinds.tsx'] });
    expect(files.filter((file) => asks.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});
