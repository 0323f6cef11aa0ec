import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { sendToRun, wakeRun } from '../../platform/db/runs/runs.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createPass, leftInPools, nextBatch, poolDeps, serveAll, startPooledRuns } from '../../test/support/pools.ts';
import { toyKind } from '../../test/support/toy-kind.ts';
import { readRun, startToyRun } from '../../test/support/toy-runs.ts';
import type { RunKind } from '../engine/run-kind.ts';
import { runBatch } from './run-batch.ts';

const kind = toyKind([{ kind: 'wait', event: 'Login' }], 'Closed');

describe('a batch', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  const throwsOf = async (runId: string): Promise<number> => {
    const { rows } = await sql<{ throws: number }>`select throws from pool_fault where run_id = ${runId}`.execute(
      kysely(database.system),
    );
    return rows[0]?.throws ?? 0;
  };
  const rowsOf = async (runId: string): Promise<object | undefined> => {
    const { rows } = await sql<object>`
      select (select turn from run where id = ${runId}) as turn, (select count(*)::int from wait where run_id = ${runId}) as waits,
        (select array_agg(kind order by seq) from run_inbox where run_id = ${runId} and consumed_turn is null) as unread`.execute(
      kysely(database.system),
    );
    return rows[0];
  };

  it('holds what takes too long against the one run whose turn it is', async () => {
    const neighbours = await startPooledRuns(database, 3);
    const { runId } = await startToyRun(database, 'pooled');
    const slow: RunKind = {
      async load(tx, run, facts) {
        if (run.id === runId) {
          await sql`select set_config('statement_timeout', '50', true)`.execute(kysely(tx));
          await sql`select pg_sleep(60)`.execute(kysely(tx));
        }
        return kind.load(tx, run, facts);
      },
    };
    const batch = await nextBatch(database, database.workspaceId);
    expect(batch && (await runBatch(poolDeps(database, slow), batch))).toMatchObject({ served: 3, skipped: 0 });
    for (const id of neighbours) expect(await readRun(database, id)).toMatchObject({ turn: 1 });
    expect(await throwsOf(runId)).toBe(1);
  });

  it('of one run that was cut off elsewhere is no death of that run', async () => {
    const { runId } = await startToyRun(database, 'pooled');
    const faults: unknown[] = [];
    const pass = createPass(poolDeps(database, kind));
    for (let outage = 0; outage < 3; outage += 1) {
      await inWorkspace(database.app, database.workspaceId, (tx) => wakeRun(tx, database.workspaceId, runId));
      // Noted by a process that then lost Postgres.
      await nextBatch(database, database.workspaceId);
      await sql`update pool_batch set at = at - interval '1 minute'`.execute(kysely(database.system));
      await pass();
      const { rows } = await sql`select deaths from pool_fault where run_id = ${runId}`.execute(
        kysely(database.system),
      );
      faults.push(...rows);
    }
    expect(faults).toEqual([]);
    expect(await readRun(database, runId)).toMatchObject({ turn: 1 });
    expect(await leftInPools(database)).toMatchObject({ batches: 0 });
  });

  it('leaves a run as it was whose turn fails after a rewind', async () => {
    const neighbours = await startPooledRuns(database, 2);
    const { runId } = await startToyRun(database, 'pooled');
    await serveAll(database, poolDeps(database, kind));
    const send = (id: string, message: string, payload = {}): Promise<boolean> =>
      inWorkspace(database.app, database.workspaceId, (tx) =>
        sendToRun(tx, { workspaceId: database.workspaceId, runId: id, kind: message, ref: 'x', payload }),
      );
    await send(runId, 'rewind', { turn: 0 });
    for (const id of neighbours) await send(id, 'hello');
    const before = await rowsOf(runId);
    const bad: RunKind = {
      async load(tx, run, facts) {
        const sound = await kind.load(tx, run, facts);
        const advance = (): never => {
          throw new Error('a bug');
        };
        return run.id === runId ? { advance } : sound;
      },
    };
    const batch = await nextBatch(database, database.workspaceId);
    if (batch) await runBatch(poolDeps(database, bad), batch);
    expect(before).toMatchObject({ turn: 1, waits: 2, unread: ['rewind'] });
    expect(await rowsOf(runId)).toEqual(before);
    expect(await throwsOf(runId)).toBe(1);
    for (const id of neighbours) expect(await readRun(database, id)).toMatchObject({ turn: 2 });
  });
});
