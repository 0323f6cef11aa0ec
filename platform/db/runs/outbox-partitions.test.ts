import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { startToyRun } from '../../../test/support/toy-runs.ts';
import { kysely } from '../core/kysely.ts';
import { inTransaction } from '../core/workspace.ts';
import { beat, queueStates } from './heartbeats.ts';
import { beginWakeUp, dueWakeUps, outboxPartitions } from './outbox.ts';
import { Partitions, renewLeases } from './outbox-partitions.ts';

const all = Array.from({ length: outboxPartitions }, (_, index) => index);

describe('the leases of the outbox', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database?.stop());

  const renew = async (holder: string): Promise<number[]> =>
    (await renewLeases(database.system, holder)).toSorted((a, b) => a - b);

  /** As if so much time had passed in which only others renewed theirs. */
  async function freeze(holder: string, seconds: number): Promise<void> {
    const passed = sql`until - make_interval(secs => ${seconds})`;
    await sql`update dispatcher set until = ${passed} where name = ${holder}`.execute(kysely(database.system));
    await sql`update outbox_partition set until = ${passed} where holder = ${holder}`.execute(kysely(database.system));
  }

  it('are all with a process that is alone, and shared out among those that come and go', async () => {
    expect(await renew('a')).toEqual(all);
    expect(await renew('b')).toEqual([]);
    expect(await renew('a')).toHaveLength(8);
    expect(await renew('b')).toHaveLength(8);
    await renew('c');
    const held = [await renew('a'), await renew('b'), await renew('c')];
    expect(held.map((own) => own.length)).toEqual([6, 6, 4]);
    expect(held.flat().toSorted((a, b) => a - b)).toEqual(all);
    expect([await renew('a'), await renew('b'), await renew('c')]).toEqual(held);
    const second = new Partitions(database.system, 'b');
    await second.release();
    await renew('a');
    await renew('c');
    expect([...(await renew('a')), ...(await renew('c'))]).toHaveLength(outboxPartitions);
  });

  it('run out within 15 s under a process that hangs, and one that thaws has its share and no more', async () => {
    await renew('frozen');
    await renew('healthy');
    await freeze('frozen', 4);
    expect(await renew('healthy')).toEqual([]);
    await freeze('frozen', 11);
    expect(await renew('healthy')).toEqual(all);
    expect(await renew('frozen')).toEqual([]);
    await renew('healthy');
    expect(await renew('frozen')).toHaveLength(8);
  });

  describe('once the clock of Postgres has been put back by an hour (node-proper-lockfile #109)', () => {
    it('are taken from a process that is gone', async () => {
      await renew('gone');
      await freeze('gone', -3_600);
      expect(await renew('healthy')).toEqual(all);
    });

    it('find the wake-ups that were to come ten seconds later', async () => {
      const { runId } = await startToyRun(database);
      const due = async (): Promise<string[]> =>
        (await dueWakeUps(database.system, all, 10)).map((wakeUp) => wakeUp.runId);
      const [wakeUp] = await dueWakeUps(database.system, all, 10);
      if (wakeUp) await beginWakeUp(database.system, wakeUp);
      expect(await due()).toEqual([]);
      await sql`update outbox set available_at = available_at + interval '1 hour'`.execute(kysely(database.system));
      expect(await due()).toEqual([runId]);
    });

    it('count no worker that has said nothing since', async () => {
      await beat(database.system, { process: 'gone', queues: ['email'], build: 'x' });
      const workers = async (): Promise<number | undefined> =>
        (await queueStates(database.system)).find(({ queue }) => queue === 'email')?.workers;
      expect(await workers()).toBe(1);
      await sql`update worker_heartbeat set seen_at = seen_at + interval '1 hour'`.execute(kysely(database.system));
      expect(await workers()).toBe(0);
    });
  });

  it('are each with one process, however many ask at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (let round = 0; round < 3; round += 1) await Promise.all(names.map((name) => renew(name)));
    const held = await Promise.all(names.map((name) => renew(name)));
    expect(held.flat().toSorted((a, b) => a - b)).toEqual(all);
  });

  it('are nobody’s while a worker of before holds the lock of a partition, and given up where it takes it', async () => {
    const withLocks = (partitions: number[], work: () => Promise<void>): Promise<void> =>
      inTransaction(database.app, async (tx) => {
        await sql`select pg_advisory_xact_lock(7402, part) from unnest(${partitions}::int[]) part`.execute(kysely(tx));
        await work();
      });
    await withLocks(all, async () => expect(await renew('new')).toEqual([]));
    expect(await renew('new')).toEqual(all);
    await withLocks([3, 7], async () => {
      expect(await renew('new')).toEqual(all.filter((part) => part !== 3 && part !== 7));
      const free = await sql`select 1 from outbox_partition where holder is null`.execute(kysely(database.system));
      expect(free.rows).toHaveLength(2);
    });
    expect(await renew('new')).toEqual(all);
  });
});
