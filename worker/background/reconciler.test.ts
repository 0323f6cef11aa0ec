import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { createRun } from '../../platform/db/runs.ts';
import { inWorkspace } from '../../platform/db/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../../test/support/engine.ts';
import { toyKind } from '../../test/support/toy-kind.ts';
import { toyPerforms } from '../../test/support/toy-performs.ts';
import { readRun, startToyRun, untilRun } from '../../test/support/toy-runs.ts';

const kind = toyKind([{ kind: 'gate' }, { kind: 'wait', event: 'Login' }]);

describe('the reconciler', () => {
  let database: TestDatabase;
  let engine: TestEngine;
  beforeAll(async () => {
    database = await createTestDatabase();
    engine = await startTestEngine(database, {
      kinds: { journey: kind, enrollment: kind, batch: kind },
      performs: toyPerforms(database),
    });
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  it('closes a run that was terminated from Temporal itself, with its gate', async () => {
    const { runId } = await startToyRun(database);
    const run = await untilRun(database, runId, 'waits at the gate', (row) => row.waiting_for === 'person');
    await engine.temporal.client.workflow.getHandle(run.workflow_id).terminate('by hand');
    const ended = await untilRun(database, runId, 'is terminated here too', (row) => row.ended_at !== null, 60_000);
    expect(ended).toMatchObject({ status: 'terminated', outcome: 'terminated', next_due_at: null });
    const gates = await database.system.selectFrom('gate').select('status').where('run_id', '=', runId).execute();
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
      60_000,
    );
    expect(moved).toMatchObject({ ended_at: null, turn: run.turn, status: 'waiting' });
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect((await readRun(database, runId)).ended_at).toBeNull();
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
      await tx
        .updateTable('run')
        .set({ updated_at: new Date(Date.now() - 180_000) })
        .where('id', '=', made.runId)
        .execute();
      // The start's outbox row is never committed.
      await sql`update outbox set parked_at = now() where run_id = ${made.runId}`.execute(tx);
      return made;
    });
    const started = await untilRun(
      database,
      runId,
      'waits at the gate',
      (found) => found.waiting_for === 'person',
      40_000,
    );
    expect(started.ended_at).toBeNull();
  });
});
