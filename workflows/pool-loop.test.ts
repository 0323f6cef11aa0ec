import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAttempt } from '../activities/effects/attempt.ts';
import { taskQueue } from '../contracts/core/queues.ts';
import { WAKE_SIGNAL } from '../contracts/core/recorded-names.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../test/support/engine.ts';
import { eventually } from '../test/support/eventually.ts';
import { recordHistory } from '../test/support/record-history.ts';
import { toyActions } from '../test/support/toy-actions.ts';
import { everyKind, toyKind } from '../test/support/toy-kind.ts';
import { startToyRun, untilRun } from '../test/support/toy-runs.ts';

const kind = toyKind([{ kind: 'action', activity: 'upsertCrm' }]);

describe('a pool whose history is long', () => {
  let database: TestDatabase;
  let engine: TestEngine;
  let calls = 0;
  const answered = Promise.withResolvers<void>();
  beforeAll(async () => {
    database = await createTestDatabase();
    const toys = toyActions(database);
    // A call that takes its time, and ends when it is broken off, as those of models do.
    const upsertCrm: typeof toys.upsertCrm = async (input) => {
      calls += 1;
      await Promise.race([answered.promise, currentAttempt().cancelled()]);
      await toys.upsertCrm(input);
    };
    engine = await startTestEngine(
      database,
      { kinds: everyKind(kind), actions: { ...toys, upsertCrm } },
      { pools: 1, called: ['pool-waker'] },
    );
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  it('is followed by its successor, and breaks off no call that is on its way', async () => {
    const { workflow } = engine.temporal.client;
    const { runId } = await startToyRun(database, 'pooled');
    const workflowId = `${engine.deployment}/pool-1-of-1`;
    const { firstExecutionRunId: first } = await workflow.start('poolWorkflow', {
      workflowId,
      taskQueue: taskQueue(engine.deployment, 'core'),
      args: [{ pool: 0, pools: 1, maxEvents: 30 }],
    });
    const all = workflow.getHandle(workflowId);
    await eventually('the call is on its way', () => Promise.resolve(calls > 0));
    await eventually('an execution that follows', async () => {
      await all.signal(WAKE_SIGNAL);
      return (await all.describe()).runId !== first;
    });
    expect(calls).toBe(1);
    answered.resolve();
    await untilRun(database, runId, 'is over', (run) => run.ended_at !== null);
    expect(calls).toBe(1);
    await recordHistory(engine.temporal, workflowId, 'pool-handed-over-2026-12', first);
    await all.terminate();
  });
});
