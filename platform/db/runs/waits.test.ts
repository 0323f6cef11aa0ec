import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WaitSpec } from '../../../contracts/core/machine.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { startToyRun, takeInEvent } from '../../../test/support/toy-runs.ts';
import { newId } from '../../ids.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { receivedNow } from '../contacts/events.ts';
import { lockRun } from './turns.ts';
import { writeTurns } from './write-turns.ts';

const from = '2026-01-01T00:00:00.000Z';
const wait = (key: string | null, more: Partial<WaitSpec> = {}): WaitSpec => {
  return { step: 'signatures', visit: 1, eventName: 'signed', key, purpose: 'wait', dueAt: null, from, ...more };
};

describe('the waits of a run', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  const inRun = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, database.workspaceId, work);

  async function match(runId: string, ...open: WaitSpec[]): Promise<void> {
    await inRun(async (tx) => {
      const run = await lockRun(tx, database.workspaceId, runId);
      if (!run) throw new Error('The run was just made');
      const advanced = { state: {}, actions: [], waits: open, gates: [], steps: [], dueAt: null, ended: null };
      const record = {
        turn: run.turn + 1,
        generation: 0,
        state: '{}',
        consumed: [],
        now: run.now,
        temporalRunId: null,
      };
      await writeTurns(tx, [
        { run, ...record, advanced: { ...advanced, status: 'waiting', currentStep: 'signatures' } },
      ]);
    });
  }

  /** An event of the run's contact comes in, and wakes what waits for it. */
  const send = (contactId: string, key: string, name = 'signed'): Promise<string[]> =>
    takeInEvent(database, { contactId, key, name, occurredAt: from });

  const rows = (runId: string) =>
    kysely(database.system)
      .selectFrom('wait')
      .select(['step', 'visit', 'event_name', 'key', 'purpose'])
      .where('run_id', '=', runId)
      .orderBy('event_name')
      .orderBy('key')
      .execute();
  const receivedBy = async (runId: string) => {
    const query = kysely(database.system).selectFrom('run_inbox').select('payload').where('run_id', '=', runId);
    return (await query.orderBy('seq').execute()).map(({ payload }) => payload);
  };

  it('may be several of one visit on one event, each with its key, and come and go by themselves', async () => {
    const { runId, contactId } = await startToyRun(database);
    await match(runId, wait('ana'));
    await match(runId, wait('ana'), wait('ben'), wait(null, { eventName: 'paid' }));
    expect((await rows(runId)).map(({ event_name, key }) => [event_name, key])).toEqual([
      ['paid', null],
      ['signed', 'ana'],
      ['signed', 'ben'],
    ]);
    expect(await send(contactId, 'cleo')).toEqual([]);
    expect(await send(contactId, 'ben')).toEqual([runId]);
    expect(await send(contactId, 'ana')).toEqual([runId]);
    expect(await receivedBy(runId)).toMatchObject([
      { key: 'ben', purpose: 'wait', step: 'signatures', visit: 1 },
      { key: 'ana', purpose: 'wait', step: 'signatures', visit: 1 },
    ]);
    await match(runId, wait('ben'), wait('cleo'));
    // The new one has missed the event of before.
    expect(await receivedBy(runId)).toMatchObject([{ key: 'ben' }, { key: 'ana' }, { key: 'cleo' }]);
    await match(runId, wait('dora'));
    expect(await rows(runId)).toMatchObject([{ key: 'dora', purpose: 'wait' }]);
    // One goes and one comes of the same visit, of which code of before knows only one.
    await match(runId, wait('emil'));
    expect(await rows(runId)).toMatchObject([{ key: 'emil', purpose: 'wait' }]);
    await match(runId);
    expect(await rows(runId)).toEqual([]);
  });

  it('bring an event once that two of a visit would take', async () => {
    const { runId, contactId } = await startToyRun(database);
    await match(runId, wait(null), wait('ana'));
    expect(await send(contactId, 'ana')).toEqual([runId]);
    expect(await receivedBy(runId)).toHaveLength(1);
  });

  it('of two steps both take one event, and each of two that come at once (camunda/camunda#4644, camunda/camunda#3012)', async () => {
    const { runId, contactId } = await startToyRun(database);
    await match(runId, wait(null, { step: 'left' }), wait(null, { step: 'right', purpose: 'exit' }));
    await send(contactId, 'ana');
    expect((await receivedBy(runId)).map((payload) => String(payload['step'])).sort()).toEqual(['left', 'right']);
    // A turn that finds the same waits again, and one that opens its wait while the events come in.
    await Promise.all([
      match(runId, wait(null, { step: 'left' }), wait(null, { step: 'right', purpose: 'exit' }), wait('cleo')),
      send(contactId, 'ben'),
      send(contactId, 'cleo'),
    ]);
    const taken = (await receivedBy(runId)).map((payload) => `${String(payload['step'])} ${String(payload['key'])}`);
    const both = ['ana', 'ben', 'cleo'].flatMap((key) => [`left ${key}`, `right ${key}`]);
    expect(taken.sort()).toEqual([...both, 'signatures cleo'].sort());
  });

  it('say when an event was received, and bring it to the goal before it ends the run (journeys F2, F9)', async () => {
    const { runId, contactId } = await startToyRun(database);
    await match(
      runId,
      wait(null),
      wait(null, { step: '$exit', purpose: 'exit' }),
      wait(null, { step: '$goal', purpose: 'goal' }),
    );
    await send(contactId, 'ana');
    const received = await receivedBy(runId);
    expect(received.map((payload) => payload['purpose'])).toEqual(['goal', 'exit', 'wait']);
    const stored = await kysely(database.system)
      .selectFrom('event')
      .select('received_at')
      .where('contact_id', '=', contactId)
      .executeTakeFirstOrThrow();
    expect(Date.parse(String(received[0]?.['receivedAt']))).toBe(stored.received_at.getTime());
  });

  it('take an event by when it occurred, and none of history (journeys F6)', async () => {
    const { runId, contactId } = await startToyRun(database);
    const { workspaceId } = database;
    const store = (id: string, occurredAt: string, isHistory = false): Promise<unknown> =>
      takeInEvent(database, { contactId, id: `${runId}-${id}`, name: 'signed', occurredAt }, { isHistory });
    const [before, entry, later] = ['2026-02-01T09:00:00Z', '2026-02-01T10:00:00+00:00', '2026-02-01T12:30:00+02:00'];
    const { receivedAt } = await inRun(async (tx) => {
      await kysely(tx)
        .insertInto('event')
        .values({
          workspace_id: workspaceId,
          id: `${runId}-same`,
          name: 'signed',
          contact_id: contactId,
          occurred_at: entry,
        })
        .execute();
      return { receivedAt: await receivedNow(tx) };
    });
    await store('early', before);
    await store('stored', later);
    await store('imported', later, true);
    await match(runId, wait(null, { after: { occurredAt: entry, receivedAt } }));
    await store('old', before);
    await store('new', later);
    await store('second', entry);
    await store('also imported', later, true);
    const query = kysely(database.system).selectFrom('run_inbox').select('ref').where('run_id', '=', runId);
    const refs = (await query.orderBy('seq').execute()).map(({ ref }) => ref.slice(runId.length + 1).split('/')[0]);
    expect(refs).toEqual(['stored', 'new', 'second']);
  });

  it('follow a key that has changed', async () => {
    const { runId, contactId } = await startToyRun(database);
    const exit = (key: string): WaitSpec => wait(key, { step: '$exit', purpose: 'exit' });
    await match(runId, exit('old'));
    await match(runId, exit('new'));
    expect(await rows(runId)).toMatchObject([{ key: 'new', purpose: 'exit' }]);
    expect(await send(contactId, 'old')).toEqual([]);
    expect(await send(contactId, 'new')).toEqual([runId]);
    expect(await receivedBy(runId)).toMatchObject([{ key: 'new', purpose: 'exit' }]);
    // Facts may be longer than what an index takes.
    await match(runId, exit(Array.from({ length: 1_000 }, newId).join('')));
    expect(await rows(runId)).toHaveLength(1);
  });

  it('are found by code of before, which knows no key in them, and taken over from it', async () => {
    const { runId, contactId } = await startToyRun(database);
    const ofBefore = (tx: Tx) =>
      sql`insert into wait (workspace_id, run_id, contact_id, event_name, key, step, visit, purpose, wait_from, due_at)
        values (${database.workspaceId}, ${runId}, ${contactId}, 'signed', 'ana', 'signatures', 1, 'wait', now(), null)
        on conflict (workspace_id, run_id, step, visit, purpose, event_name) do nothing`.execute(kysely(tx));
    await inRun(ofBefore);
    await match(runId, wait('ana'));
    await inRun(ofBefore);
    expect(await rows(runId)).toMatchObject([{ key: 'ana', purpose: 'wait' }]);
    await match(runId, wait('ana'), wait('ben'));
    expect((await rows(runId)).map(({ key }) => key)).toEqual(['ana', 'ben']);
  });
});
