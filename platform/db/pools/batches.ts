import { sql } from 'kysely';
import type { Buckets } from '../../../contracts/runs/pools.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';
import { isAmong, isSound } from './look.ts';

/** Runs of one workspace whose turns are to be made at once, each with what made it ready: none where it is due. */
export type PoolBatch = { id: string; workspaceId: string; runs: ReadonlyMap<string, readonly string[]> };

/**
 * Chooses runs that are ready or due and notes them, so that what kills the process can be found out. What has happened comes first, then what is due,
 * then those that have yet to begin; the oldest first in each. Nothing is locked. `db` is the system role's.
 * @returns null where there are none
 */
export async function beginBatch(
  db: Db,
  of: { workspaceId: string; pool: number; buckets: Buckets; limit: number },
): Promise<PoolBatch | null> {
  const { workspaceId, pool, buckets, limit } = of;
  const readyIn = (lane: number) => sql`(
      select run_id, lane, id from pool_ready p where workspace_id = ${workspaceId} and lane = ${sql.lit(lane)} and ${isAmong('p.pool', buckets)} and ${isSound('p.run_id')}
      order by id limit ${limit})`;
  const { rows } = await sql<{ batch: string; run_id: string; ready: string[] }>`
    with ready as materialized (${readyIn(0)} union all ${readyIn(1)}), due as materialized (
      select id as run_id from run r where workspace_id = ${workspaceId} and ${isAmong('r.pool', buckets)} and ended_at is null and next_due_at <= now() and ${isSound('r.id')}
      order by next_due_at limit ${limit}
    ), chosen as materialized (
      select run_id from (select run_id, lane * 2 as rank from ready union all select run_id, 1 from due) r
      group by run_id order by min(rank) limit ${limit}
    ), noted as (
      insert into pool_batch (workspace_id, pool, run_ids) select ${workspaceId}::uuid, ${pool}, array_agg(run_id) from chosen having count(*) > 0 returning id
    )
    select noted.id::text as batch, chosen.run_id, coalesce(array_agg(ready.id::text) filter (where ready.id is not null), '{}') as ready
    from noted cross join chosen left join ready using (run_id) group by noted.id, chosen.run_id`.execute(kysely(db));
  const [first] = rows;
  if (!first) return null;
  return { id: first.batch, workspaceId, runs: new Map(rows.map(({ run_id, ready }) => [run_id, ready])) };
}

/** Notes one run by itself; null where it is put off. */
export async function beginAlone(
  db: Db,
  of: { workspaceId: string; pool: number; runId: string },
): Promise<PoolBatch | null> {
  const { workspaceId, pool, runId } = of;
  const { rows } = await sql<{ id: string; ready: string[] }>`
    with ready as (
      select id from pool_ready where workspace_id = ${workspaceId} and run_id = ${runId}
        and pool = (select pool from run where workspace_id = ${workspaceId} and id = ${runId}))
    insert into pool_batch (workspace_id, pool, run_ids, is_alone)
    select ${workspaceId}::uuid, ${pool}, array[own.id], true from (select ${runId}::uuid as id) own where ${isSound('own.id')}
    returning id::text as id, coalesce((select array_agg(id::text) from ready), '{}') as ready`.execute(kysely(db));
  const [row] = rows;
  return row ? { id: row.id, workspaceId, runs: new Map([[runId, row.ready]]) } : null;
}

/** Takes away what made these runs of a batch ready, after their turns, and what stood against them; with the batch itself where it is at its end. */
export async function endTurns(
  tx: Tx,
  batch: PoolBatch,
  runIds: readonly string[],
  { isEnd }: { isEnd: boolean },
): Promise<void> {
  const ready = runIds.flatMap((id) => batch.runs.get(id) ?? []);
  await sql`
    with served as (
      delete from pool_ready where workspace_id = ${batch.workspaceId} and lane = any('{0,1}') and id = any(${ready}::bigint[])
    ), mended as (
      delete from pool_fault where workspace_id = ${batch.workspaceId} and run_id = any(${runIds}::uuid[])
    )
    delete from pool_batch where workspace_id = ${batch.workspaceId} and id = ${batch.id} and ${isEnd}::boolean`.execute(
    kysely(tx),
  );
}

/** Makes runs ready that have more to receive than one turn takes. */
export async function readyAgain(tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await sql`insert into pool_ready (workspace_id, run_id, pool, lane)
    select workspace_id, id, pool, 0 from run where workspace_id = ${workspaceId} and id = any(${runIds}::uuid[])`.execute(
    kysely(tx),
  );
}

/** Forgets batches that have ended without their turns. */
export async function dropBatches(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from pool_batch where id = any(${ids}::bigint[])`.execute(kysely(db));
}
