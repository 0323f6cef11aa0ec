import { sql, type RawBuilder } from 'kysely';
import { bucketsOf, type Buckets, type PoolQueue, type PoolRef } from '../../../contracts/runs/pools.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** Whether a run is not put off, as its turn could not be made. */
export function isSound(runId: string): RawBuilder<boolean> {
  return sql<boolean>`not exists (select from pool_fault where pool_fault.run_id = ${sql.ref(runId)}
    and (pool_fault.retry_at is null or pool_fault.retry_at > now()))`;
}

/** The condition that a column's bucket is among `buckets`. */
export function isAmong(column: string, { from, to }: Buckets): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(column)} between ${from} and ${to}`;
}

/** A run of a pool that something is due for at some instant. */
const isTimed = sql`pool is not null and ended_at is null and next_due_at is not null`;

/** The workspaces that a table has rows of, one after the other by its index, as rows of `name` with the column `id`. */
function workspacesOf(name: string, rows: RawBuilder<unknown>): RawBuilder<unknown> {
  const place = sql.ref(name);
  return sql`${place}(id) as (
    (select workspace_id from ${rows} order by workspace_id limit 1)
    union all select (select workspace_id from ${rows} and workspace_id > ${place}.id order by workspace_id limit 1) from ${place} where id is not null)`;
}

const timedWorkspaces = workspacesOf('timed', sql`run where ${isTimed}`);

/** The workspaces that have runs in these buckets which are ready or due. `db` is the system role's, as in all that looks at pools. */
export async function readyWorkspaces(db: Db, buckets: Buckets): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive ${workspacesOf('ready', sql`pool_ready where true`)}, ${timedWorkspaces}
    select id from ready where id is not null and exists (
      select from pool_ready p where p.workspace_id = ready.id and ${isAmong('p.pool', buckets)} and ${isSound('p.run_id')})
    union select id from timed where id is not null and exists (
      select from run r where r.workspace_id = timed.id and ${isAmong('r.pool', buckets)} and r.ended_at is null and r.next_due_at <= now() and ${isSound('r.id')})`.execute(
    kysely(db),
  );
  return rows.map((row) => row.id);
}

/** When the next run of these buckets is due, or one that was put off; null where none is. */
export async function nextDue(db: Db, buckets: Buckets): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    with recursive ${timedWorkspaces}
    select least(
      (select min(first.next_due_at) from timed cross join lateral (
        select next_due_at from run r where r.workspace_id = timed.id and ${isAmong('r.pool', buckets)} and r.ended_at is null and r.next_due_at is not null
          and ${isSound('r.id')} order by next_due_at limit 1) first),
      (select min(retry_at) from pool_fault f join run r on r.workspace_id = f.workspace_id and r.id = f.run_id
        where retry_at > now() and ${isAmong('r.pool', buckets)})) as at`.execute(kysely(db));
  return rows[0]?.at ?? null;
}

/** The queues of these buckets that have open actions, each with the instant from which its first one may be done: the one that has waited longest first. */
export async function pendingQueues(db: Db, buckets: Buckets): Promise<(PoolQueue & { at: Date; isDue: boolean })[]> {
  const { rows } = await sql<PoolQueue & { at: Date; isDue: boolean }>`
    with recursive place(workspace_id, queue) as (
      (select workspace_id, queue from pool_action order by workspace_id, queue limit 1)
      union all select next.workspace_id, next.queue from place cross join lateral (
        select workspace_id, queue from pool_action a where (a.workspace_id, a.queue) > (place.workspace_id, place.queue)
        order by workspace_id, queue limit 1) next
    )
    select place.workspace_id as "workspaceId", place.queue, first.available_at as at, first.available_at <= now() as "isDue"
    from place cross join lateral (
      select available_at from pool_action a where a.workspace_id = place.workspace_id and a.queue = place.queue and ${isAmong('a.pool', buckets)}
      order by available_at limit 1) first order by first.available_at`.execute(kysely(db));
  return rows;
}

/** Notes that a pass over the pool goes on, for so many seconds unless it is noted again; none: it has ended. */
export async function notePass(db: Db, { pool, pools }: PoolRef, seconds: number): Promise<void> {
  await sql`
    insert into pool_pass (pool, pools, busy_until) values (${pool}, ${pools}, now() + make_interval(secs => ${seconds}))
    on conflict (pools, pool) do update set busy_until = excluded.busy_until`.execute(kysely(db));
}

/** The pools, of so many, that have ready runs and no pass that looks at them. */
export async function poolsToWake(db: Db, pools: number): Promise<number[]> {
  const all = Array.from({ length: pools }, (_, pool) => bucketsOf({ pool, pools }));
  const { rows } = await sql<{ pool: number }>`
    select (p.pool - 1)::int as pool
    from unnest(${all.map(({ from }) => from)}::int[], ${all.map(({ to }) => to)}::int[]) with ordinality as p(first, last, pool)
    where exists (select from pool_ready r where r.pool between p.first and p.last and ${isSound('r.run_id')})
      and not exists (select from pool_pass where pools = ${pools} and pool_pass.pool = p.pool - 1 and busy_until between now() and now() + interval '1 minute')`.execute(
    kysely(db),
  );
  return rows.map((row) => row.pool);
}

/** The pools, of so many, that have something to do which no pass looks at, whatever it is: a slower look than `poolsToWake`. */
export async function idlePools(db: Db, pools: number): Promise<number[]> {
  const idle: number[] = [];
  for (let pool = 0; pool < pools; pool += 1) {
    const buckets = bucketsOf({ pool, pools });
    const hasRuns = (await readyWorkspaces(db, buckets)).length > 0;
    if (hasRuns || (await pendingQueues(db, buckets)).some((queue) => queue.isDue)) idle.push(pool);
  }
  return idle;
}
