import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enqueueMessage, sendToRun, wakeRun } from '../../platform/db/runs/runs.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestEngine, type TestEngine } from '../../test/support/engine.ts';
import { eventually } from '../../test/support/eventually.ts';
import { everyKind, toyKind } from '../../test/support/toy-kind.ts';
import { toyActions } from '../../test/support/toy-actions.ts';
import { received, startToyRun, untilRun, takeInEvent } from '../../test/support/toy-runs.ts';

const kind = toyKind(
  [
    { kind: 'action', activity: 'updateContact' },
    { kind: 'delay', ms: 300 },
    { kind: 'wait', event: 'Login' },
    { kind: 'gate', ms: 60_000, onTimeout: 'no' },
  ],
  'Closed',
);

describe.concurrent.each(['dedicated', 'pooled'] as const)('a %s run on the engine', (execution) => {
  let database: TestDatabase;
  let engine: TestEngine;
  beforeAll(async () => {
    database = await createTestDatabase();
    engine = await startTestEngine(
      database,
      {
        kinds: everyKind(kind),
        actions: toyActions(database),
      },
      { pools: 2 },
    );
  });
  afterAll(async () => {
    await engine?.stop();
    await database?.stop();
  });

  const storeEvent = (contactId: string, name: string, id: string): Promise<string[]> =>
    takeInEvent(database, { contactId, name, id });

  it('goes through an action, a delay, an event and a gate to its end', async () => {
    const { runId, contactId } = await startToyRun(database, execution);
    await untilRun(database, runId, 'waits for the event', (run) => run.current_step === 's2');
    await storeEvent(contactId, 'Login', `login-${runId}`);
    await untilRun(
      database,
      runId,
      'waits for the gate',
      (run) => run.current_step === 's3' && run.waiting_for === 'person',
    );
    const gate = await kysely(database.system)
      .selectFrom('gate')
      .selectAll()
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    expect(gate).toMatchObject({ status: 'open', round: 1, on_timeout: 'no' });
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, {
        workspaceId: database.workspaceId,
        runId,
        kind: 'gate',
        ref: gate.id,
        payload: { step: 's3', visit: 1, round: 1, generation: 0, outcome: 'yes' },
      }),
    );
    const run = await untilRun(database, runId, 'ends', (row) => row.ended_at !== null);
    expect(run).toMatchObject({ status: 'completed', generation: 0, next_due_at: null, open: [] });
    expect(await received(database, runId)).toEqual(['performed:s0/1', expect.stringMatching(/^event:/), 'gate:yes']);
    if (execution === 'pooled') return;
    const description = await eventually('closed in Temporal', async () => {
      const found = await engine.temporal.client.workflow.getHandle(run.workflow_id).describe();
      return found.status.name === 'COMPLETED' && found;
    });
    expect(description.runId).toBe(run.temporal_run_id);
  });

  it('counts an event that was stored before the wait was registered only from the moment the wait began', async () => {
    const { runId, contactId } = await startToyRun(database, execution);
    await storeEvent(contactId, 'Login', `early-${runId}`);
    await untilRun(database, runId, 'waits for the event', (run) => run.current_step === 's2');
    expect((await received(database, runId)).filter((line) => line.startsWith('event'))).toEqual([]);
  });

  it('exits at once while it waits, and forgets its waits and gates', async () => {
    const { runId, contactId } = await startToyRun(database, execution);
    await untilRun(database, runId, 'waits for the event', (run) => run.current_step === 's2');
    await storeEvent(contactId, 'Closed', `closed-${runId}`);
    await untilRun(database, runId, 'has exited', (run) => run.status === 'exited');
    const waits = await kysely(database.system).selectFrom('wait').select('id').where('run_id', '=', runId).execute();
    expect(waits).toEqual([]);
  });

  it('restores the state of a turn on a rewind, receives what the outside reported again, and opens a new round of the gate (courses F3)', async () => {
    const { runId, contactId } = await startToyRun(database, execution);
    const first = await untilRun(database, runId, 'waits for the event', (run) => run.current_step === 's2');
    await storeEvent(contactId, 'Login', `one-${runId}`);
    await untilRun(database, runId, 'waits for the gate', (run) => run.current_step === 's3');
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      sendToRun(tx, {
        workspaceId: database.workspaceId,
        runId,
        kind: 'rewind',
        ref: 'r1',
        payload: { turn: first.turn, reason: 'test' },
      }),
    );
    const rewound = await untilRun(
      database,
      runId,
      'is behind the wait again: the event is received once more',
      (run) => run.current_step === 's3' && run.generation === 1,
    );
    expect(rewound.turn).toBeGreaterThan(first.turn);
    const rounds = await kysely(database.system)
      .selectFrom('gate')
      .select(['status', 'round'])
      .where('run_id', '=', runId)
      .orderBy('round')
      .execute();
    expect(rounds).toEqual([
      { status: 'withdrawn', round: 1 },
      { status: 'open', round: 2 },
    ]);
  });

  it('receives a message that was enqueued without a wake-up at the next wake-up', async () => {
    const { runId } = await startToyRun(database, execution);
    const before = await untilRun(database, runId, 'waits for the event', (run) => run.current_step === 's2');
    const { workspaceId } = database;
    await inWorkspace(database.app, workspaceId, (tx) =>
      enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref: 'quiet', payload: {} }),
    );
    await inWorkspace(database.app, workspaceId, (tx) => wakeRun(tx, workspaceId, runId));
    const woken = await untilRun(database, runId, 'makes a turn', (run) => run.turn > before.turn);
    expect(woken.turn).toBe(before.turn + 1);
    expect(await received(database, runId)).toEqual(['performed:s0/1', 'hello:quiet']);
  });
});
