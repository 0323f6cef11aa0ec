import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HistoryLimits } from '../contracts/core/engine.ts';
import { limits } from '../contracts/core/limits.ts';
import { taskQueue } from '../contracts/core/queues.ts';
import { WAKE_SIGNAL } from '../contracts/core/recorded-names.ts';
import { runKinds } from '../contracts/runs/run-kinds.schema.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../test/support/engine.ts';
import { eventually } from '../test/support/eventually.ts';
import { toyActions } from '../test/support/toy-actions.ts';
import { toyKind } from '../test/support/toy-kind.ts';
import { readRun, startToyRun } from '../test/support/toy-runs.ts';

const history = { maxEvents: 20, historyBytes: 8_192 };

let database: TestDatabase;
let engine: TestEngine;
beforeAll(async () => {
  database = await createTestDatabase();
  const actions = toyActions(database, () => {
    throw new Error('away');
  });
  const kind = toyKind([{ kind: 'action', activity: 'updateContact' }]);
  // The test starts and wakes the run itself, with the limits above.
  engine = await startTestEngine(database, { kinds: { journey: kind }, actions }, { called: ['dispatcher'] });
});
afterAll(async () => {
  await engine?.stop();
  await database?.stop();
});

/** Starts a run under these limits. @returns its first execution, and whichever is its latest */
async function begin(limitsOfRun: Partial<HistoryLimits>) {
  const { workflow } = engine.temporal.client;
  const { runId } = await startToyRun(database);
  const { workflow_id: workflowId } = await readRun(database, runId);
  const { firstExecutionRunId: firstId } = await workflow.start(runKinds.journey.workflow, {
    workflowId,
    taskQueue: taskQueue(engine.deployment, 'core'),
    args: [{ workspaceId: database.workspaceId, runId, history: limitsOfRun }],
  });
  return { firstId, first: workflow.getHandle(workflowId, firstId), all: workflow.getHandle(workflowId) };
}

// The other bounds are met in test/time-skipping: the server there counts no bytes.
it('an execution waits no longer for an action that is retried without end where its history has grown beyond a number of bytes', async () => {
  const { firstId, first, all } = await begin(history);
  const successor = await eventually('an execution that follows', async () => {
    await all.signal(WAKE_SIGNAL);
    const { runId: latest } = await all.describe();
    return latest !== firstId && latest;
  });

  const { events } = await first.fetchHistory();
  const sizes = (events ?? []).flatMap(({ workflowTaskStartedEventAttributes: started }) =>
    started ? Number(started.historySizeBytes) : [],
  );
  expect(events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId).toBe(successor);
  expect(events?.length).toBeLessThan(limits.drainFactor * history.maxEvents);
  expect(sizes.at(-1)).toBeGreaterThan(history.historyBytes);
  await all.terminate();
});

// The server fails a workflow task that continues as new while a signal has come in, and makes it again: so a flood delays the successor.
it('an execution makes way under and after a flood of signals (temporalio/temporal#4137)', async () => {
  const { firstId, first, all } = await begin({ maxEvents: 20, drainMs: 1 });
  // One that the server refuses meanwhile is not given again: there are enough.
  const client = async (): Promise<void> => {
    for (let sent = 0; sent < 50; sent += 1) await all.signal(WAKE_SIGNAL).catch(() => undefined);
  };
  await Promise.all(Array.from({ length: 4 }, client));
  await eventually('an execution that follows', async () => {
    await all.signal(WAKE_SIGNAL);
    return (await all.describe()).runId !== firstId;
  });
  const { events } = await first.fetchHistory();
  expect(events?.length).toBeLessThan(limits.maxEvents);
  await all.terminate();
});
