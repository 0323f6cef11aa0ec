import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { createRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../../test/support/engine.ts';
import { eventually } from '../../test/support/eventually.ts';
import { everyKind, toyKind } from '../../test/support/toy-kind.ts';
import { toyActions } from '../../test/support/toy-actions.ts';
import { readRun, startToyRun, untilRun } from '../../test/support/toy-runs.ts';
import { createSilentSweep, reconcileClosed } from './reconciler.ts';

const kind = toyKind([{ kind: 'gate' }, { kind: 'wait', event: 'Login' }]);

describe('the reconciler', () => {
  let database: TestDatabase;
  let engine: TestEngine;
  beforeAll(async () => {
    database = await createTestDatabase();
    const parts = { kinds: everyKind(kind), actions: toyActions(database) };
    engine = await startTestEngine(database, parts, { called: ['reconciler', 'silent-runs'] });
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  /** Temporal lists an execution as terminated some time after it is. */
  const untilListed = (workflowId: string): Promise<boolean> =>
    eventually('listed as terminated', async () => {
      const query = `WorkflowId = "${workflowId}" AND ExecutionStatus = "Terminated"`;
      return (await engine.temporal.client.workflow.count(query)).count > 0;
    });

  it('closes a run that was terminated from Temporal itself, with its gate', async () => {
    const { runId } = await startToyRun(database);
    const run = await untilRun(database, runId, 'waits at the gate', (row) => row.waiting_for === 'person');
    await engine.temporal.client.workflow.getHandle(run.workflow_id).terminate('by hand');
    await untilListed(run.workflow_id);
    await reconcileClosed(engine.tasks);
    expect(await readRun(database, runId)).toMatchObject({
      ended_at: expect.any(Date),
      status: 'terminated',
      outcome: 'terminated',
      next_due_at: null,
    });
    const gates = await kysely(database.system)
      .selectFrom('gate')
      .select('status')
      .where('run_id', '=', runId)
      .execute();
    expect(gates).toEqual([{ status: 'withdrawn' }]);
  });

  it('follows a run that was reset from Temporal itself to its new execution', async () => {
    const { runId } = await startToyRun(database);
    const run = await untilRun(database, runId, 'waits at the gate', (row) => row.waiting_for === 'person');
    await engine.temporal.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId: run.workflow_id, runId: run.temporal_run_id },
      reason: 'test',
      workflowTaskFinishEventId: 4 as never,
      requestId: crypto.randomUUID(),
    });
    const moved = await untilRun(
      database,
      runId,
      'has a new execution',
      (row) => row.temporal_run_id !== run.temporal_run_id,
    );
    expect(moved).toMatchObject({ ended_at: null, turn: run.turn, status: 'waiting' });
    await untilListed(run.workflow_id);
    await reconcileClosed(engine.tasks);
    await reconcileClosed(engine.tasks);
    expect(await readRun(database, runId)).toEqual(moved);
  });

  it('starts a run again whose start was lost', async () => {
    const { workspaceId } = database;
    const { runId } = await inWorkspace(database.app, workspaceId, async (tx) => {
      const made = await createRun(tx, {
        workspaceId,
        kind: 'journey',
        title: 'Lost',
        entryKey: 'lost',
        subjectId: newId(),
      });
      await kysely(tx)
        .updateTable('run')
        .set({ updated_at: new Date(Date.now() - 180_000) })
        .where('id', '=', made.runId)
        .execute();
      // The start's outbox row is never committed.
      await sql`update outbox set parked_at = now() where run_id = ${made.runId}`.execute(kysely(tx));
      return made;
    });
    const sweep = createSilentSweep(engine.tasks);
    await sweep();
    const started = await untilRun(database, runId, 'waits at the gate', (found) => found.waiting_for === 'person');
    expect(started.ended_at).toBeNull();
  });
});
