import { sql, type RawBuilder } from 'kysely';
import type { PoolRef } from '../../../contracts/runs/pools.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';
import { openIncident } from '../runs/incidents.ts';
import { wakeUps } from '../runs/runs.ts';

/** A run is parked when its turn could not be made so often. */
const mostThrows = 10;
/** A run is parked when its process died so often while it was alone. */
const mostDeaths = 2;
/** Seconds until a turn is tried again that could not be made: doubling from the first to the longest. */
const pause = { first: 0.5, longest: 60 };

/** A batch whose process said no more of it; `isAlone`: its run was gone through by itself after such a batch. */
export type LeftBatch = { id: string; workspaceId: string; runIds: string[]; isAlone: boolean };

/** The batches of a pool, also of one that has gone with others, that were noted so long ago that the process that noted them is gone. */
export async function leftBatches(db: Db, { pool, pools }: PoolRef): Promise<LeftBatch[]> {
  const { rows } = await sql<LeftBatch>`
    select id::text as id, workspace_id as "workspaceId", run_ids as "runIds", is_alone as "isAlone" from pool_batch
    where pool % ${pools} = ${pool} and not at between now() - interval '5 seconds' and now() + interval '1 minute' order by id`.execute(
    kysely(db),
  );
  return rows;
}

/**
 * Notes that a turn could not be made: it is tried again after a pause, and the tenth time the run is parked until a new build comes or a person
 * asks. The incident says why, and stands until a turn is made. A run that has ended meanwhile needs no turn. The run is held before the fault is
 * locked, as by all others.
 */
export async function noteThrow(
  db: Db,
  fault: { workspaceId: string; runId: string; kind: string; message: string; build: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { rows } = await sql<{ isParked: boolean }>`
      insert into pool_fault (workspace_id, run_id, throws, build, retry_at)
      select workspace_id, id, 1, ${fault.build}, now() + make_interval(secs => ${pause.first}) from run ${isLive(fault)} for key share
      on conflict (run_id) do update set throws = pool_fault.throws + 1, build = excluded.build,
        retry_at = case when pool_fault.throws + 1 < ${sql.lit(mostThrows)}
          then now() + make_interval(secs => least(${pause.longest}, ${pause.first} * power(2, pool_fault.throws))) end
      returning retry_at is null as "isParked"`.execute(kysely(tx));
    const [noted] = rows;
    if (!noted) return;
    if (noted.isParked) await forgetReady(tx, fault);
    await openIncident(tx, fault);
  });
}

/** Notes that a process died while it made the turn of this run alone; the second time the run is parked, and an incident says so. */
export async function noteDeath(
  db: Db,
  death: { workspaceId: string; runId: string; batchId: string; build: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { rows } = await sql<{ deaths: number }>`
      with gone as (delete from pool_batch where id = ${death.batchId})
      insert into pool_fault (workspace_id, run_id, deaths, build, retry_at)
      select workspace_id, id, 1, ${death.build}, now() from run ${isLive(death)} for key share
      on conflict (run_id) do update set deaths = pool_fault.deaths + 1, build = excluded.build,
        retry_at = case when pool_fault.deaths + 1 < ${sql.lit(mostDeaths)} then now() end
      returning deaths`.execute(kysely(tx));
    if ((rows[0]?.deaths ?? 0) < mostDeaths) return;
    await forgetReady(tx, death);
    const message = `Its turn could not be made: worker processes died at it ${mostDeaths} times. It is tried again by a new build, or once this is resolved`;
    await openIncident(tx, { ...death, kind: 'engine.fault', message });
  });
}

/** A parked run is ready for nothing, so that no look reads it; it is ready once more when it is to be tried again. */
async function forgetReady(tx: Tx, { workspaceId, runId }: { workspaceId: string; runId: string }): Promise<void> {
  await sql`delete from pool_ready using run where run.workspace_id = ${workspaceId} and run.id = ${runId}
    and pool_ready.workspace_id = ${workspaceId} and pool_ready.pool = run.pool and pool_ready.run_id = run.id`.execute(
    kysely(tx),
  );
}

function isLive({ workspaceId, runId }: { workspaceId: string; runId: string }): RawBuilder<unknown> {
  return sql`where workspace_id = ${workspaceId} and id = ${runId} and ended_at is null`;
}

/** Has the runs that an earlier build parked tried again. */
export async function retryParked(db: Db, build: string): Promise<void> {
  await sql`
    with retried as (
      update pool_fault set retry_at = now(), throws = 0, deaths = 0, build = ${build} where retry_at is null and build <> ${build}
      returning workspace_id, run_id
    ), woken as (
      select run.* from retried join run on run.workspace_id = retried.workspace_id and run.id = retried.run_id where run.ended_at is null
    ), ${wakeUps} select from woken where false`.execute(kysely(db));
}
