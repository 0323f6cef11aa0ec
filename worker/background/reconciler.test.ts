import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import type { RunKindName } from '../../contracts/runs/run-kinds.schema.ts';
import { createRun, enqueueMessage } from '../../platform/db/runs/runs.ts';
import { forgetWakes } from '../../platform/db/runs/silent-runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import type { Temporal } from '../../platform/temporal/client.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../../test/support/engine.ts';
import { eventually } from '../../test/support/eventually.ts';
import { everyKind, toyKind } from '../../test/support/toy-kind.ts';
import { toyActions } from '../../test/support/toy-actions.ts';
import { openTestTemporal } from '../../test/support/temporal-address.ts';
import { readRun, startToyRun, untilRun } from '../../test/support/toy-runs.ts';
import { createSilentSweep, reconcileClosed } from './reconciler.ts';

/** What runs of each kind do here: wait for a person and an event, unless said otherwise. */
const kinds = {
  ...everyKind(toyKind([{ kind: 'gate' }, { kind: 'wait', event: 'Login' }])),
  enrollment: toyKind([{ kind: 'action', activity: 'updateContact' }]),
  batch: toyKind([{ kind: 'delay', ms: 3_600_000 }]),
};

describe('the reconciler', () => {
  let database: TestDatabase;
  let engine: TestEngine;
  /** Whether the action of an enrollment fails, and so is tried again. */
  let isServiceAway = false;
  beforeAll(async () => {
    database = await createTestDatabase();
    const actions = toyActions(database, () => {
      if (isServiceAway) throw new Error('The service is away');
    });
    engine = await startTestEngine(database, { kinds, actions }, { called: ['reconciler', 'silent-runs'] });
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  async function start(kind: RunKindName): Promise<string> {
    const { workspaceId } = database;
    const run = { workspaceId, kind, title: 'Toy', entryKey: newId(), subjectId: newId() };
    const { runId } = await inWorkspace(database.app, workspaceId, (tx) => createRun(tx, run));
    return runId;
  }

  const handleOf = (kind: RunKindName, runId: string) =>
    engine.temporal.client.workflow.getHandle(`${kind}-run/${runId}`);

  /** Temporal lists an execution as terminated some time after it is. */
  const untilListed = (workflowId: string): Promise<boolean> =>
    eventually('listed as terminated', async () => {
      const query = `WorkflowId = "${workflowId}" AND ExecutionStatus = "Terminated"`;
      return (await engine.temporal.client.workflow.count(query)).count > 0;
    });

  /** As if Temporal had lost its data. */
  async function forgetExecution(kind: RunKindName, runId: string): Promise<void> {
    const { workflowId } = handleOf(kind, runId);
    await engine.temporal.client.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
    });
    await eventually('Temporal knows nothing of it', () =>
      handleOf(kind, runId)
        .describe()
        .then(
          () => false,
          (error: Error) => error.name === 'WorkflowNotFoundError',
        ),
    );
  }

  /** Moves the instants of a run and of what waits in its mailbox into the past, as if it had stood since. */
  async function age(runId: string): Promise<void> {
    const { system } = database;
    await sql`update run set updated_at = updated_at - interval '1 hour', next_due_at = next_due_at - interval '2 hours' where id = ${runId}`.execute(
      kysely(system),
    );
    await sql`update run_inbox set at = at - interval '1 hour' where run_id = ${runId}`.execute(kysely(system));
    await sql`update silent_run set woken_at = woken_at - interval '1 hour' where run_id = ${runId}`.execute(
      kysely(system),
    );
  }

  const sweep = (): Promise<void> => createSilentSweep(engine.tasks)();
  const untilAtGate = (runId: string) =>
    untilRun(database, runId, 'waits at the gate', (row) => row.waiting_for === 'person');
  const untilCompleted = (runId: string) => untilRun(database, runId, 'is over', (row) => row.status === 'completed');

  it('gives a run that was terminated in Temporal a new execution, and its gate stays open', async () => {
    const runId = await start('journey');
    const run = await untilAtGate(runId);
    await handleOf('journey', runId).terminate('by hand');
    await untilListed(run.workflow_id);
    await reconcileClosed(engine.tasks);
    const moved = await untilRun(database, runId, 'goes on', (row) => row.temporal_run_id !== run.temporal_run_id);
    expect(moved).toMatchObject({ ended_at: null, status: 'waiting', turn: run.turn });
    const gates = await kysely(database.system)
      .selectFrom('gate')
      .select('status')
      .where('run_id', '=', runId)
      .execute();
    expect(gates).toEqual([{ status: 'open' }]);
  });

  it('follows a run that was reset from Temporal itself to its new execution', async () => {
    const runId = await start('journey');
    const run = await untilAtGate(runId);
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
    const runId = await inWorkspace(database.app, workspaceId, async (tx) => {
      const run = { workspaceId, kind: 'journey' as const, title: 'Lost', entryKey: 'lost', subjectId: newId() };
      const made = await createRun(tx, run);
      // The start's outbox row is never committed.
      await sql`update outbox set available_at = 'infinity' where run_id = ${made.runId}`.execute(kysely(tx));
      return made.runId;
    });
    await kysely(database.system).deleteFrom('outbox').where('run_id', '=', runId).execute();
    await age(runId);
    await sweep();
    expect(await untilAtGate(runId)).toMatchObject({ ended_at: null });
  });

  it('wakes a run with a message that came without a wake-up', async () => {
    const runId = await start('journey');
    await untilAtGate(runId);
    const { workspaceId } = database;
    const message = { workspaceId, runId, kind: 'exit', ref: 'x', payload: { reason: 'enough' } };
    await inWorkspace(database.app, workspaceId, (tx) => enqueueMessage(tx, message));
    await sweep();
    expect(await readRun(database, runId)).toMatchObject({ ended_at: null });
    await age(runId);
    await sweep();
    await untilRun(database, runId, 'is over', (row) => row.status === 'exited');
  });

  it('goes on with a run that Temporal has seen to its end, and a restored Postgres has not', async () => {
    const runId = await start('journey');
    const { turn } = await untilAtGate(runId);
    const { workspaceId, system } = database;
    const message = { workspaceId, runId, kind: 'exit', ref: 'x', payload: { reason: 'enough' } };
    await inWorkspace(database.app, workspaceId, (tx) => enqueueMessage(tx, message));
    await handleOf('journey', runId).signal('ring');
    await handleOf('journey', runId).result();
    await sql`delete from run_turn where run_id = ${runId} and turn > ${turn}`.execute(kysely(system));
    await sql`update run_inbox set consumed_turn = null where run_id = ${runId} and consumed_turn > ${turn}`.execute(
      kysely(system),
    );
    await sql`update run set turn = ${turn}, status = 'waiting', ended_at = null, outcome = null where id = ${runId}`.execute(
      kysely(system),
    );
    await age(runId);
    await sweep();
    const again = await untilRun(database, runId, 'is over again', (row) => row.status === 'exited');
    expect(again.turn).toBe(turn + 1);
  });

  it('goes on with a delay that Temporal has lost', async () => {
    const runId = await start('batch');
    await untilRun(database, runId, 'waits', (row) => row.next_due_at !== null);
    await forgetExecution('batch', runId);
    await sql`update run_turn set state = state || '{"dueAt": "2026-01-01T00:00:00Z"}' where run_id = ${runId}`.execute(
      kysely(database.system),
    );
    await age(runId);
    await sweep();
    expect(await untilCompleted(runId)).toMatchObject({ turn: 2 });
  });

  it('goes on with an action that nobody works on, and leaves one alone that an execution works on', async () => {
    isServiceAway = true;
    const [lost, alive] = [await start('enrollment'), await start('enrollment')];
    for (const runId of [lost, alive])
      await untilRun(database, runId, 'acts', ({ open }) => (open as unknown[]).length > 0);
    await forgetExecution('enrollment', lost);
    await age(lost);
    await age(alive);
    await sweep();
    const woken = await kysely(database.system)
      .selectFrom('silent_run')
      .select('run_id')
      .where('run_id', 'in', [lost, alive])
      .execute();
    expect(woken).toEqual([{ run_id: lost }]);
    isServiceAway = false;
    await untilCompleted(lost);
    await untilCompleted(alive);
  });
});

describe('runs that no wake-up moves', () => {
  let database: TestDatabase;
  let temporal: Temporal;
  beforeAll(async () => {
    database = await createTestDatabase();
    temporal = openTestTemporal();
  });
  afterAll(async () => {
    await temporal?.close();
    await database?.stop();
  });

  /** The wake-ups that were made since the last look; nobody carries them out here. */
  async function takeWakeUps(): Promise<string[]> {
    const rows = await kysely(database.system).deleteFrom('outbox').returning('run_id').execute();
    return rows.map((row) => row.run_id).toSorted();
  }
  const later = (): Promise<unknown> =>
    sql`update silent_run set woken_at = woken_at - interval '61 seconds'`.execute(kysely(database.system));
  const incidents = () =>
    kysely(database.system)
      .selectFrom('incident')
      .select(['run_id', 'kind', 'state', 'detail'])
      .orderBy('opened_at')
      .execute();

  it('are woken once a minute, have one incident for all after three times, and are woken twice an hour from then on', async () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const deps = { db: database.system, client: temporal.client, deployment: 'silent-test', log };
    const sweeps = [createSilentSweep(deps), createSilentSweep(deps)];
    const sweep = async (): Promise<string[]> => {
      // Those of two workers.
      await Promise.all(sweeps.map((each) => each()));
      return takeWakeUps();
    };
    const runIds = [await startToyRun(database), await startToyRun(database)].map(({ runId }) => runId).toSorted();
    await takeWakeUps();
    expect(await sweep()).toEqual([]);
    await sql`update run set updated_at = now() - interval '1 hour'`.execute(kysely(database.system));
    for (let wake = 1; wake <= 3; wake += 1) {
      expect(await sweep(), `wake-up ${wake}`).toEqual(runIds);
      expect(await sweep(), 'not again within a minute').toEqual([]);
      expect(await incidents()).toEqual([]);
      await later();
    }
    expect(await sweep()).toEqual([]);
    const told = { run_id: null, kind: 'run.lost', state: 'open', detail: { runs: 2, first: runIds } };
    expect(await incidents()).toEqual([told]);
    await sql`update silent_run set woken_at = now() - interval '31 minutes'`.execute(kysely(database.system));
    expect(await sweep()).toEqual(runIds);
    await later();

    await kysely(database.system)
      .updateTable('run')
      .set({ turn: 1, status: 'waiting' })
      .where('id', '=', runIds[0] ?? '')
      .execute();
    await sweep();
    expect(await incidents()).toEqual([{ ...told, detail: { runs: 1, first: runIds.slice(1) } }]);
    await kysely(database.system).updateTable('run').set({ turn: 1, status: 'waiting' }).execute();
    await sweep();
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
  });

  it('are woken again at once when the incident is resolved, and leave the others of the installation alone', async () => {
    const { system, workspaceId } = database;
    const other = await database.addWorkspace();
    const ids = { [workspaceId]: (await startToyRun(database)).runId, [other]: newId() };
    await kysely(system)
      .insertInto('run')
      .values({
        workspace_id: other,
        id: ids[other] ?? '',
        kind: 'journey',
        title: 'Other',
        workflow_id: 'journey-run/other',
        entry_key: 'other',
        subject_id: newId(),
      })
      .execute();
    await takeWakeUps();
    for (const [workspace, runId] of Object.entries(ids))
      await kysely(system)
        .insertInto('silent_run')
        .values({ workspace_id: workspace, run_id: runId, turn: 0, wakes: 3 })
        .execute();
    await inWorkspace(database.app, workspaceId, (tx) => forgetWakes(tx, workspaceId));
    const left = await kysely(system).selectFrom('silent_run').select('workspace_id').execute();
    expect(left).toEqual([{ workspace_id: other }]);
  });
});
