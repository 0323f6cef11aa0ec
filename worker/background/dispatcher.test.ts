import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb } from '../../platform/db/core/pool.ts';
import { beginWakeUp, dueWakeUps, outboxPartitions } from '../../platform/db/runs/outbox.ts';
import { Partitions } from '../../platform/db/runs/outbox-partitions.ts';
import { wakeRuns } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import { createTemporal, type Temporal } from '../../platform/temporal/client.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { openTestTemporal } from '../../test/support/temporal-address.ts';
import { startToyRun } from '../../test/support/toy-runs.ts';
import { dispatchOnce, type DispatcherDeps } from './dispatcher.ts';

const names = { deployment: 'dispatcher-test', publicUrl: 'http://127.0.0.1:4400' };

describe('the dispatcher', () => {
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

  async function withDispatcher<T>(
    work: (deps: DispatcherDeps) => Promise<T>,
    client: Client = temporal.client,
  ): Promise<T> {
    const partitions = new Partitions(database.system, newId());
    const log = createLogger({ name: 'test', level: 'silent' });
    try {
      return await work({ db: database.system, client, ...names, partitions, log });
    } finally {
      await partitions.release();
    }
  }

  const outbox = () => kysely(database.system).selectFrom('outbox').selectAll().execute();

  it('starts a run once, and one call serves all the wake-ups of a run', async () => {
    const { runId } = await startToyRun(database);
    await withDispatcher(async (deps) => {
      expect(await dispatchOnce(deps)).toBe(1);
      expect(await dispatchOnce(deps)).toBe(0);
    });
    const description = await temporal.client.workflow.getHandle(`journey-run/${runId}`).describe();
    expect(description.status.name).toBe('RUNNING');
    expect(await outbox()).toEqual([]);
    await temporal.client.workflow.getHandle(`journey-run/${runId}`).terminate();
  });

  it('names the workflow that the run’s own row names, and the one of its kind where the row is from before', async () => {
    const { runId } = await startToyRun(database);
    const { workspaceId, system } = database;
    for (const type of ['someWorkflow', null]) {
      await kysely(system).updateTable('run').set({ workflow_type: type }).where('id', '=', runId).execute();
      await wakeRuns(system, workspaceId, [runId]);
    }
    const rows = (await outbox()).filter((row) => row.run_id === runId);
    expect(rows.map((row) => row.workflow_type)).toEqual(['journeyWorkflow', 'someWorkflow', 'journeyWorkflow']);
    await kysely(system).deleteFrom('outbox').execute();
  });

  it('holds a partition alone; what it leaves behind goes out through another', async () => {
    await withDispatcher(async (first) => {
      await first.partitions.take();
      const { runId } = await startToyRun(database);
      await withDispatcher(async (second) => {
        expect(await dispatchOnce(second)).toBe(0);
      });
      await first.partitions.release();
      await withDispatcher(async (third) => {
        expect(await dispatchOnce(third)).toBe(1);
      });
      await temporal.client.workflow.getHandle(`journey-run/${runId}`).terminate();
    });
  });

  it('parks a row that no repetition cures, with an incident, and goes on with the others', async () => {
    const bad = await startToyRun(database);
    const good = await startToyRun(database);
    await kysely(database.system)
      .updateTable('outbox')
      .set({ workflow_id: 'x'.repeat(2_000) })
      .where('run_id', '=', bad.runId)
      .execute();
    await withDispatcher((deps) => dispatchOnce(deps));
    const rows = await outbox();
    expect(rows.map((row) => [row.run_id, row.parked_at !== null])).toEqual([[bad.runId, true]]);
    const incidents = await kysely(database.system).selectFrom('incident').select(['kind', 'run_id']).execute();
    expect(incidents).toEqual([{ kind: 'outbox.parked', run_id: bad.runId }]);
    await kysely(database.system).deleteFrom('outbox').execute();
    await temporal.client.workflow.getHandle(`journey-run/${good.runId}`).terminate();
  });

  it('parks any number of rows over one connection, each with its incident, after the others were called', async () => {
    const bad = [];
    for (let at = 0; at < 12; at += 1) bad.push((await startToyRun(database)).runId);
    await kysely(database.system).updateTable('outbox').set({ unfinished: 3 }).where('run_id', 'in', bad).execute();
    const good = await startToyRun(database);
    const one = createDb(database.config, 'tl_system', 1);
    const called = await withDispatcher((deps) => dispatchOnce({ ...deps, db: one }));
    await one.destroy();
    expect(called).toBe(1);
    const parked = (await outbox()).filter((row) => row.parked_at !== null).map((row) => row.run_id);
    const incidents = await kysely(database.system)
      .selectFrom('incident')
      .select('run_id')
      .where('run_id', 'in', bad)
      .execute();
    expect(new Set(parked)).toEqual(new Set(bad));
    expect(incidents.map((row) => row.run_id)).toHaveLength(bad.length);
    expect(new Set(incidents.map((row) => row.run_id))).toEqual(new Set(bad));
    await kysely(database.system).deleteFrom('outbox').execute();
    await temporal.client.workflow.getHandle(`journey-run/${good.runId}`).terminate();
  });

  it('parks a row whose callers died three times, and puts a row back while Temporal is away', async () => {
    const killer = await startToyRun(database);
    await kysely(database.system)
      .updateTable('outbox')
      .set({ unfinished: 3 })
      .where('run_id', '=', killer.runId)
      .execute();
    const waiting = await startToyRun(database);
    const away = createTemporal({ TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_NAMESPACE: 'default' });
    await withDispatcher((deps) => dispatchOnce(deps), away.client);
    const rows = new Map((await outbox()).map((row) => [row.run_id, row]));
    expect(rows.get(killer.runId)?.parked_at).not.toBeNull();
    expect(rows.get(waiting.runId)).toMatchObject({ parked_at: null, failures: 1, unfinished: 0 });
    await kysely(database.system).deleteFrom('outbox').execute();
  });

  describe('while Temporal hangs', () => {
    /** A Temporal that takes calls and answers none before it thaws. */
    function hangingTemporal() {
      const thawed = Promise.withResolvers<void>();
      const called: string[] = [];
      const signalWithStart = async (_type: string, { workflowId }: { workflowId: string }): Promise<void> => {
        called.push(workflowId);
        await thawed.promise;
      };
      const client = {
        withDeadline: (_deadline: number, call: () => Promise<unknown>) => call(),
        workflow: { signalWithStart },
      };
      return { client: client as unknown as Client, called, thaw: () => thawed.resolve() };
    }

    const startMany = async (count: number): Promise<void> => {
      for (let at = 0; at < count; at += 1) await startToyRun(database);
    };
    /** How many rows there are by how often a call of theirs ended without an outcome. */
    async function unfinished(): Promise<Record<string, number>> {
      const rows = await outbox();
      const counts: Record<string, number> = {};
      for (const row of rows) counts[row.unfinished] = (counts[row.unfinished] ?? 0) + 1;
      return counts;
    }
    const dueAgain = () => sql`update outbox set available_at = now()`.execute(kysely(database.system));

    it('marks only what it calls, and a stop ends the pass with what is in flight', async () => {
      await startMany(20);
      const { client, called, thaw } = hangingTemporal();
      await withDispatcher(async (deps) => {
        const abort = new AbortController();
        const pass = dispatchOnce(deps, abort.signal);
        await eventually('calls are in flight', () => Promise.resolve(called.length === 16));
        expect(await unfinished()).toEqual({ 0: 4, 1: 16 });
        abort.abort();
        thaw();
        expect(await pass).toBe(16);
      }, client);
      expect(await unfinished()).toEqual({ 0: 4 });
      await kysely(database.system).deleteFrom('outbox').execute();
    });

    it('calls alone what its caller died with, and parks nothing after any number of deaths of callers of others', async () => {
      await startMany(20);
      // Each dies in the middle of its calls: its pass never ends.
      for (let death = 0; death < 3; death += 1) {
        const { client, called } = hangingTemporal();
        await withDispatcher(async (deps) => {
          void dispatchOnce(deps);
          const atOnce = [16, 4, 1][death];
          await eventually('calls are in flight', () => Promise.resolve(called.length === atOnce));
        }, client);
        await dueAgain();
      }
      expect(await unfinished()).toEqual({ 1: 19, 2: 1 });
      const { client, called, thaw } = hangingTemporal();
      thaw();
      await withDispatcher((deps) => dispatchOnce(deps), client);
      expect(new Set(called).size).toBe(20);
      expect(await outbox()).toEqual([]);
    });

    it('leaves a row alone that another has begun to call since it was read', async () => {
      await startMany(1);
      const all = Array.from({ length: outboxPartitions }, (_, part) => part);
      const [wakeUp] = await dueWakeUps(database.system, all, 10);
      if (!wakeUp) throw new Error('Nothing is due');
      expect(await beginWakeUp(database.system, wakeUp)).toEqual(wakeUp);
      expect(await beginWakeUp(database.system, wakeUp)).toBeNull();
      expect(await unfinished()).toEqual({ 1: 1 });
      await kysely(database.system).deleteFrom('outbox').execute();
    });
  });
});
