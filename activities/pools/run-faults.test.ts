import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import { eraseContact } from '../../platform/db/contacts/contact-erasure.ts';
import { lockContactById } from '../../platform/db/contacts/contacts.ts';
import { retryParked } from '../../platform/db/pools/faults.ts';
import { enqueueMessage, sendToRun, terminateRun, wakeParkedRun } from '../../platform/db/runs/runs.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { leftInPools, nextBatch, nothing, poolDeps, serveAll, startPooledRuns } from '../../test/support/pools.ts';
import { toyKind } from '../../test/support/toy-kind.ts';
import { readRun, startToyRun } from '../../test/support/toy-runs.ts';
import type { Machine, RunKind } from '../engine/run-kind.ts';
import { runBatch } from './run-batch.ts';

const kind = toyKind([{ kind: 'wait', event: 'Login' }], 'Closed');

/** The toy kind, but that the machine of `runId` is `bad` in place of its own. */
function withBad(runId: string, bad: (sound: Machine) => Machine | Promise<Machine>): RunKind {
  return {
    async load(tx, run) {
      const sound = await kind.load(tx, run, undefined);
      return run.id === runId ? bad(sound) : sound;
    },
  };
}

const throwing = (sound: Machine): Machine => ({
  advance(state, input) {
    if (input.mailbox.some((item) => item.kind === 'exit')) return sound.advance(state, input);
    throw new Error('a bug');
  },
});

describe('a run whose turn cannot be made', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, database.workspaceId, work);
  const faultOf = async (runId: string): Promise<object | undefined> => {
    const { rows } = await sql<object>`
      select throws, deaths, retry_at is null as "isParked",
        extract(epoch from retry_at - (select opened_at from incident i where i.run_id = pool_fault.run_id and i.state = 'open'))::float as pause
      from pool_fault where run_id = ${runId}`.execute(kysely(database.system));
    return rows[0];
  };
  const incidentsOf = async (runId: string): Promise<object[]> =>
    (
      await sql<object>`select kind, message from incident where run_id = ${runId} and state = 'open'`.execute(
        kysely(database.system),
      )
    ).rows;
  /** As if the pause were over. */
  const endPause = (): Promise<unknown> =>
    sql`update pool_fault set retry_at = now() where retry_at is not null`.execute(kysely(database.system));
  /** A run among others whose turns fail until it is parked. */
  async function park(): Promise<{ runId: string; contactId: string; faulty: RunKind }> {
    const { runId, contactId } = await startToyRun(database, 'pooled');
    const faulty = withBad(runId, throwing);
    for (let at = 1; at <= 10; at += 1) {
      await endPause();
      const batch = await nextBatch(database, database.workspaceId);
      if (batch) await runBatch(poolDeps(database, faulty), batch);
    }
    expect(await faultOf(runId)).toMatchObject({ throws: 10, isParked: true });
    return { runId, contactId, faulty };
  }

  it('harms no other, is put off, and is parked the tenth time with an incident', async () => {
    const neighbours = await startPooledRuns(database, 5);
    const { runId } = await startToyRun(database, 'pooled');
    const deps = poolDeps(database, withBad(runId, throwing));
    for (let at = 1; at <= 10; at += 1) {
      await endPause();
      const batch = await nextBatch(database, database.workspaceId);
      if (batch) await runBatch(deps, batch);
      expect(await faultOf(runId)).toMatchObject({
        throws: at,
        isParked: at === 10,
        ...(at === 1 ? { pause: 0.5 } : {}),
      });
    }
    for (const id of neighbours) expect(await readRun(database, id)).toMatchObject({ turn: 1, current_step: 's0' });
    expect(await readRun(database, runId)).toMatchObject({ turn: 0 });
    expect(await incidentsOf(runId)).toEqual([{ kind: 'engine.fault', message: 'Its turn could not be made: a bug' }]);
    await endPause();
    expect(await nextBatch(database, database.workspaceId)).toBeNull();
    expect(await leftInPools(database), 'no look reads it again and again').toMatchObject({ ready: 0, faults: 1 });
    // Messages that come for it do not wear out others either.
    await within((tx) =>
      enqueueMessage(tx, { workspaceId: database.workspaceId, runId, kind: 'hello', ref: 'x', payload: {} }),
    );
    expect(await nextBatch(database, database.workspaceId)).toBeNull();

    await retryParked(database.system, 'one');
    expect(await faultOf(runId), 'the same build').toMatchObject({ isParked: true });
    await retryParked(database.system, 'two');
    await serveAll(database, poolDeps(database, kind, { build: 'two' }));
    expect(await readRun(database, runId)).toMatchObject({ turn: 1 });
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('is tried again when a person resolves its incident', async () => {
    const { runId } = await park();
    await within((tx) => wakeParkedRun(tx, database.workspaceId, runId));
    expect(await faultOf(runId)).toBeUndefined();
    await serveAll(database, poolDeps(database, kind));
    expect(await readRun(database, runId)).toMatchObject({ turn: 1 });
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('leaves when a person asks it to, though it is parked', async () => {
    const { runId, faulty } = await park();
    const exit = { workspaceId: database.workspaceId, runId, kind: 'exit', ref: 'enough', payload: {} };
    await within((tx) => sendToRun(tx, exit));
    await serveAll(database, poolDeps(database, faulty));
    expect(await readRun(database, runId)).toMatchObject({ status: 'exited' });
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('leaves when a person asks it to at the moment of its tenth failure', async () => {
    const { runId } = await startToyRun(database, 'pooled');
    const exit = { workspaceId: database.workspaceId, runId, kind: 'exit', ref: 'enough', payload: {} };
    let failures = 0;
    const faulty = withBad(runId, async (sound) => {
      failures += 1;
      // Its mailbox is read already.
      if (failures === 10) await within((tx) => sendToRun(tx, exit));
      return throwing(sound);
    });
    const deps = poolDeps(database, faulty);
    while (failures < 10) {
      await endPause();
      const batch = await nextBatch(database, database.workspaceId);
      if (batch) await runBatch(deps, batch);
    }
    expect(await faultOf(runId)).toMatchObject({ throws: 5, isParked: false });
    await endPause();
    await serveAll(database, deps);
    expect(await readRun(database, runId)).toMatchObject({ status: 'exited' });
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it.each(['terminated', 'erased'] as const)('leaves nothing behind where it is %s', async (how) => {
    const { runId, contactId } = await park();
    const { workspaceId } = database;
    await within(async (tx) => {
      if (how === 'terminated') return terminateRun(tx, { workspaceId, runId, reason: 'enough' });
      const contact = await lockContactById(tx, workspaceId, contactId);
      return contact && eraseContact(tx, contact);
    });
    await serveAll(database, poolDeps(database, kind));
    expect(await readRun(database, runId)).toMatchObject({ ended_at: expect.any(Date) });
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it.each<[string, (sound: Machine) => Machine | Promise<Machine>]>([
    [
      'Postgres refuses what it would store',
      (sound) => ({
        advance: (state, input) => {
          const advanced = sound.advance(state, input);
          return { ...advanced, state: { ...advanced.state, name: '\u0000' } };
        },
      }),
    ],
    ['what it needs cannot be read', () => Promise.reject(new Error('no such journey'))],
    ['its projection fails', (sound) => ({ ...sound, project: () => Promise.reject(new TypeError('a bug')) })],
  ])('harms no other where %s', async (_, bad) => {
    const before = await startPooledRuns(database, 3);
    const { runId } = await startToyRun(database, 'pooled');
    const after = await startPooledRuns(database, 3);
    await serveAll(database, poolDeps(database, withBad(runId, bad)));
    for (const id of [...before, ...after]) expect(await readRun(database, id)).toMatchObject({ turn: 1 });
    expect(await readRun(database, runId)).toMatchObject({ turn: 0 });
    expect(await faultOf(runId)).toBeDefined();
    await endPause();
    await serveAll(database, poolDeps(database, kind));
    expect(await readRun(database, runId)).toMatchObject({ turn: 1 });
    expect(await leftInPools(database)).toEqual(nothing);
  });

  it('is not to blame where Postgres cannot be asked', async () => {
    const { runId } = await startToyRun(database, 'pooled');
    const batch = await nextBatch(database, database.workspaceId);
    const away = Object.assign(new Error('the server shuts down'), { code: '57P01' });
    const deps = poolDeps(database, { load: () => Promise.reject(away) });
    await expect(batch && runBatch(deps, batch)).rejects.toThrow(away);
    expect(await faultOf(runId)).toBeUndefined();
    await serveAll(database, poolDeps(database, kind));
    expect(await readRun(database, runId)).toMatchObject({ turn: 1 });
  });
});
