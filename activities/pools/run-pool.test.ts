import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lockContactById } from '../../platform/db/contacts/contacts.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createPass,
  leftInPools,
  nextBatch,
  nothing,
  poolDeps,
  serveAll,
  startPooledRuns,
} from '../../test/support/pools.ts';
import { toyKind } from '../../test/support/toy-kind.ts';
import { readRun, received } from '../../test/support/toy-runs.ts';
import type { RunKind } from '../engine/run-kind.ts';
import { runBatch } from './run-batch.ts';

const kind = toyKind([{ kind: 'wait', event: 'Login' }], 'Closed');

describe('the runs of a pool', () => {
  let database: TestDatabase;
  let workspaceId: string;
  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 12 });
  });
  beforeEach(async () => {
    workspaceId = await database.addWorkspace();
  });
  // What a test leaves is nothing for the passes of another.
  afterEach(async () => {
    for (const table of ['pool_ready', 'pool_batch', 'pool_action'])
      await sql`delete from ${sql.table(table)}`.execute(kysely(database.system));
    await sql`update run set next_due_at = null`.execute(kysely(database.system));
  });
  afterAll(() => database?.stop());

  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, workspaceId, work);
  const note = (runId: string, ref: string): Promise<boolean> =>
    within((tx) => enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref, payload: {} }));
  const serve = (deps = poolDeps(database, kind)): Promise<void> => serveAll(database, deps, { workspaceId });
  /** A run of its own that waits for its event. */
  const startWaiting = async (): Promise<{ runId: string; contactId: string }> => {
    const [runId = ''] = await startPooledRuns(database, 1, workspaceId);
    await serve();
    const { contact_id: contactId } = await readRun(database, runId);
    return { runId, contactId: contactId ?? '' };
  };
  const storeEvent = (contactId: string): Promise<unknown> => {
    const occurredAt = new Date().toISOString();
    const event = { id: newId(), name: 'Login', contact: contactId, key: null, occurredAt, properties: {} };
    return within((tx) => takeInEvents(tx, workspaceId, [event]));
  };

  it('serves an event, and what is due, before a thousand starts', async () => {
    const { runId, contactId } = await startWaiting();
    const { runId: dueId } = await startWaiting();
    await startPooledRuns(database, 1_000, workspaceId);
    await storeEvent(contactId);
    await sql`update run set next_due_at = now() where id = ${dueId}`.execute(kysely(database.system));
    const first = await nextBatch(database, workspaceId, 2);
    expect([...(first?.runs.keys() ?? [])].sort()).toEqual([runId, dueId].sort());
    const second = await nextBatch(database, workspaceId);
    expect(second?.runs.size).toBe(200);
    expect(second?.runs.has(runId)).toBe(true);
  });

  it('lets no workspace wait for more than two batches of another, also where each gives a queue something to do', async () => {
    const many = workspaceId;
    const alone = await database.addWorkspace();
    const acting = toyKind([{ kind: 'action', activity: 'updateContact' }]);
    const batches: string[] = [];
    const deps = poolDeps(database, {
      ...acting,
      facts: (run) => {
        batches.push(run.workspaceId);
        return { query: sql`select 1`, from: () => undefined };
      },
    });
    await startPooledRuns(database, 600, many);
    await startPooledRuns(database, 1, alone);
    const pass = createPass(deps);
    // The first as if its workflow began nothing of what it found.
    await pass();
    await pass();
    expect(batches.indexOf(alone)).toBeGreaterThanOrEqual(0);
    expect(batches.slice(0, batches.indexOf(alone)).filter((id) => id === many).length).toBeLessThanOrEqual(2);
  });

  it('loses no message of a transaction that began before a batch and commits after it', async () => {
    const { runId } = await startWaiting();
    const [isNoted, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late = within(async (tx) => {
      await enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref: 'first', payload: {} });
      isNoted.resolve();
      await mayCommit.promise;
    });
    await isNoted.promise;
    await note(runId, 'second');
    await serve();
    expect(await received(database, runId)).toEqual(['hello:second']);
    mayCommit.resolve();
    await late;
    await serve();
    expect(await received(database, runId)).toEqual(['hello:second', 'hello:first']);
    expect(await leftInPools(database, workspaceId)).toEqual(nothing);
  });

  it('loses no message that comes between the choice of a batch, its reading and its commit', async () => {
    const { runId } = await startWaiting();
    await note(runId, 'before');
    const batch = await nextBatch(database, workspaceId);
    await note(runId, 'chosen');
    const meanwhile: RunKind = {
      async load(tx, run) {
        await note(runId, 'read');
        return kind.load(tx, run, undefined);
      },
    };
    if (batch) await runBatch(poolDeps(database, meanwhile), batch);
    expect(await received(database, runId)).toEqual(['hello:before', 'hello:chosen']);
    await serve();
    expect(await received(database, runId)).toEqual(['hello:before', 'hello:chosen', 'hello:read']);
    expect(await leftInPools(database, workspaceId)).toEqual(nothing);
  });

  it('takes every message once while two passes and many senders work at once', async () => {
    const runs = await startPooledRuns(database, 20, workspaceId);
    const deps = poolDeps(database, kind);
    let isSending = true;
    const pass = async (limit: number): Promise<void> => {
      do await serveAll(database, deps, { workspaceId, limit });
      while (isSending);
    };
    const passes = [pass(7), pass(20)];
    await Promise.all(
      [0, 1, 2].map(async (sender) => {
        for (let at = 0; at < 5; at += 1) {
          await within(async (tx) => {
            for (const runId of sender % 2 === 0 ? runs : runs.toReversed())
              await enqueueMessage(tx, { workspaceId, runId, kind: 'hello', ref: `${sender}.${at}`, payload: {} });
          });
        }
      }),
    );
    isSending = false;
    await Promise.all(passes);
    await serve();
    const refs = [0, 1, 2].flatMap((sender) => [0, 1, 2, 3, 4].map((at) => `hello:${sender}.${at}`));
    for (const runId of runs) expect((await received(database, runId)).toSorted()).toEqual(refs);
    expect(await leftInPools(database, workspaceId)).toEqual(nothing);
  });

  it('passes over a run whose contact or row another holds, and serves it when it is free', async () => {
    const [first, second, third] = await Promise.all([startWaiting(), startWaiting(), startWaiting()]);
    for (const { runId } of [first, second, third]) await note(runId, 'hi');
    const [areHeld, mayGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = within(async (tx) => {
      await lockContactById(tx, workspaceId, first.contactId);
      await sql`select from run where id = ${second.runId} for no key update`.execute(kysely(tx));
      areHeld.resolve();
      await mayGo.promise;
    });
    await areHeld.promise;
    const batch = await nextBatch(database, workspaceId);
    expect(batch && (await runBatch(poolDeps(database, kind), batch))).toMatchObject({ served: 1, skipped: 2 });
    expect(await received(database, third.runId)).toEqual(['hello:hi']);
    expect(await leftInPools(database, workspaceId)).toMatchObject({ ready: 2, unread: 2, batches: 0 });
    mayGo.resolve();
    await holder;
    await serve();
    expect(await leftInPools(database, workspaceId)).toEqual(nothing);
  });

  it('deadlocks with nobody who takes in events of the same contacts, in whatever order', async () => {
    const runs = await startPooledRuns(database, 30, workspaceId);
    await serve();
    const contacts = await Promise.all(runs.map(async (id) => (await readRun(database, id)).contact_id ?? ''));
    let isSending = true;
    const pass = async (): Promise<void> => {
      do await serve();
      while (isSending);
    };
    const passes = [pass(), pass()];
    const [one, other] = [contacts, contacts.toReversed()];
    for (const round of [0, 1, 2]) {
      const intake = (ids: readonly string[]) =>
        within(async (tx) => {
          // However slow this machine is, it waits for the batches and not for a limit.
          await sql`set local lock_timeout = 0`.execute(kysely(tx));
          await sql`set local statement_timeout = 0`.execute(kysely(tx));
          return takeInEvents(
            tx,
            workspaceId,
            ids.map((id) => ({
              id: newId(),
              name: round === 2 ? 'Login' : 'Other',
              contact: id,
              key: null,
              occurredAt: new Date().toISOString(),
              properties: {},
            })),
          );
        });
      await Promise.all([intake(one), intake(other)]);
    }
    isSending = false;
    await Promise.all(passes);
    await serve();
    for (const runId of runs) expect(await readRun(database, runId)).toMatchObject({ status: 'completed' });
    expect(await leftInPools(database, workspaceId)).toEqual(nothing);
  });

  it('tries a batch again that was chosen as the victim of a deadlock, and holds it against nobody', async () => {
    const { runId } = await startWaiting();
    await note(runId, 'hi');
    const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const batch = await nextBatch(database, workspaceId);
    const victim = poolDeps(database, { load: () => Promise.reject(deadlock) });
    expect(batch && (await runBatch(victim, batch))).toMatchObject({ served: 0, skipped: 1 });
    expect(await leftInPools(database, workspaceId)).toMatchObject({ ready: 1, batches: 0, faults: 0 });
    await serve();
    expect(await received(database, runId)).toEqual(['hello:hi']);
  });
});
