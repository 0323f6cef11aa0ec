import { sql, type RawBuilder } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';
import { wakeUps } from './runs.ts';

/** A live run as the sweep sees it, over all workspaces. */
export type KnownRun = { workspaceId: string; runId: string; workflowId: string; isPooled: boolean };

/** Wake-ups in a row without a turn after which an incident says so. */
export const maxWakes = 3;

/** The incidents of runs that were woken in vain, one of each kind for a workspace: their execution lives, or has none that stays. */
export const silentKinds: readonly string[] = ['run.silent', 'run.lost'];

const columns = sql`run.workspace_id as "workspaceId", run.id as "runId", run.workflow_id as "workflowId", run.pool is not null as "isPooled"`;

/** Nothing is on its way to the run, and it is not parked, which has an incident of its own. */
const hasNoWakeUp = sql`not exists (select 1 from outbox where outbox.run_id = run.id) and (run.pool is null
  or not exists (select 1 from pool_ready where pool_ready.pool = run.pool and pool_ready.run_id = run.id)
  and not exists (select 1 from pool_fault where pool_fault.run_id = run.id and (retry_at is null or retry_at > now())))`;

/** A run is woken once a minute, and once an incident says that this does not help, twice an hour. */
const isDueAgain = sql`(silent_run.woken_at < now() - case when silent_run.wakes < ${sql.lit(maxWakes)} then interval '1 minute' else interval '30 minutes' end
  or silent_run.woken_at > now() + interval '1 minute')`;

/** The runs among `workflowIds` that are not over in Postgres. */
export async function openRunsOf(db: Db, workflowIds: string[]): Promise<KnownRun[]> {
  const { rows } =
    await sql<KnownRun>`select ${columns} from run where workflow_id = any(${workflowIds}) and ended_at is null and pool is null`.execute(
      kysely(db),
    );
  return rows;
}

/**
 * Wakes live runs that should have moved and did not: those with a message unread for a minute, two minutes past their due instant, or
 * never begun two minutes after their start. Several processes may do it at once; a run is woken by one of them.
 * @returns how many were woken
 */
export function wakeSilentRuns(db: Db, limit: number): Promise<number> {
  const late = sql`
    select workspace_id, run_id as id from run_inbox where consumed_turn is null and at < now() - interval '1 minute'
    union select workspace_id, id from run where ended_at is null and next_due_at < now() - interval '2 minutes'
    union select workspace_id, id from run where ended_at is null and status = 'starting' and updated_at < now() - interval '2 minutes'`;
  return wake(db, late, limit);
}

/** Wakes runs that have no live execution, which begins a new one. @returns how many were woken */
export function wakeRunsWithoutExecution(db: Db, runs: readonly KnownRun[]): Promise<number> {
  const ids = runs.map((run) => run.runId);
  return wake(db, sql`select workspace_id, id from run where id = any(${ids}::uuid[])`, ids.length);
}

/** Notes the wake-ups of those among `runs` that are live and have none, and wakes them: both or neither. */
async function wake(db: Db, runs: RawBuilder<unknown>, limit: number): Promise<number> {
  const { rows } = await sql<{ woken: number }>`
    with silent as (
      select run.workspace_id, run.id, run.turn
      from (${runs}) late join run on run.workspace_id = late.workspace_id and run.id = late.id
      left join silent_run on silent_run.workspace_id = run.workspace_id and silent_run.run_id = run.id
      where run.ended_at is null and ${hasNoWakeUp} and (silent_run.run_id is null or ${isDueAgain})
      order by silent_run.woken_at nulls first limit ${limit}
    ), noted as (
      insert into silent_run (workspace_id, run_id, turn) select workspace_id, id, turn from silent
      on conflict (workspace_id, run_id) do update set turn = excluded.turn, wakes = silent_run.wakes + 1, woken_at = now() where ${isDueAgain}
      returning workspace_id, run_id
    ), woken as (
      select run.* from noted join run on run.workspace_id = noted.workspace_id and run.id = noted.run_id
    ), ${wakeUps}
    select count(*)::int as woken from woken`.execute(kysely(db));
  return rows[0]?.woken ?? 0;
}

/**
 * A page of the live runs that have had actions open for two minutes, by id above `after`: only their execution can say whether anything
 * works on them. In a pool each of them has a row, and a run without any is lost.
 */
export async function actingRuns(db: Db, page: { after: string | null; limit: number }): Promise<KnownRun[]> {
  const { rows } = await sql<KnownRun>`
    select ${columns} from run where ended_at is null and open <> '[]' and updated_at < now() - interval '2 minutes'
      and (pool is null or not exists (select from pool_action a where a.workspace_id = run.workspace_id and a.run_id = run.id))
      and id > coalesce(${page.after}::uuid, '00000000-0000-0000-0000-000000000000') and ${hasNoWakeUp}
    order by id limit ${page.limit}`.execute(kysely(db));
  return rows;
}

/** Forgets the runs that have made a turn or ended since they were woken. */
export async function forgetMoved(db: Db): Promise<void> {
  await sql`delete from silent_run using run where run.workspace_id = silent_run.workspace_id and run.id = silent_run.run_id
    and (run.turn <> silent_run.turn or run.ended_at is not null)`.execute(kysely(db));
}

/** The runs that were woken often enough and had a minute to move since, and did not. One with an incident of its own is not among them. */
export async function stuckRuns(db: Db, limit: number): Promise<KnownRun[]> {
  const { rows } = await sql<KnownRun>`
    select ${columns} from silent_run join run on run.workspace_id = silent_run.workspace_id and run.id = silent_run.run_id
    where (silent_run.wakes > ${sql.lit(maxWakes)} or (silent_run.wakes = ${sql.lit(maxWakes)} and silent_run.woken_at < now() - interval '1 minute'))
      and run.ended_at is null
      and not exists (select 1 from incident where incident.workspace_id = run.workspace_id and incident.run_id = run.id and incident.state = 'open')
    order by run.id limit ${limit}`.execute(kysely(db));
  return rows;
}

/** Forgets how often the workspace's runs were woken, so that the next sweep begins anew with them. */
export async function forgetWakes(tx: Tx, workspaceId: string): Promise<void> {
  await kysely(tx).deleteFrom('silent_run').where('workspace_id', '=', workspaceId).execute();
}
