import { sql, type RawBuilder } from 'kysely';
import type { ActionName } from '../../../contracts/core/actions.ts';
import type { ActionFailure, ActionInput, OpenAction } from '../../../contracts/core/engine.ts';
import type { Buckets, PoolQueue } from '../../../contracts/runs/pools.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { isAmong } from './look.ts';

/** An action is another attempt's when the process that began it has said nothing for so many seconds. */
const leaseSeconds = 15;

/** The open actions of a pool's run after its turn, each with the queue that does it. */
export type ActionsOfRun = { runId: string; pool: number; open: readonly (OpenAction & { queue: string })[] };

/** Makes what is to be done for runs match what their machines have open. */
export async function matchActions(tx: Tx, workspaceId: string, runs: readonly ActionsOfRun[]): Promise<void> {
  if (runs.length === 0) return;
  const wanted = runs.flatMap(({ runId, pool, open }) => open.map((action) => ({ ...action, run_id: runId, pool })));
  await sql`
    with wanted as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(run_id uuid, key text, activity text, queue text, pool smallint)
    ), gone as (
      delete from pool_action a where workspace_id = ${workspaceId} and run_id = any(${runs.map(({ runId }) => runId)}::uuid[])
        and not exists (select from wanted w where w.run_id = a.run_id and w.key = a.key)
    )
    insert into pool_action (workspace_id, run_id, key, activity, queue, pool)
    select ${workspaceId}::uuid, run_id, key, activity, queue, pool from wanted on conflict do nothing`.execute(
    kysely(tx),
  );
}

/** An action that this process has begun; `tries` counts this attempt. */
export type BegunAction = ActionInput & { activity: ActionName; tries: number };

/** Begins actions of a queue that are due, the oldest first: they are nobody else's until their lease ends. `db` is the system role's. */
export async function beginActions(
  db: Db,
  of: PoolQueue & { buckets: Buckets; limit: number },
): Promise<BegunAction[]> {
  const { rows } = await sql<BegunAction>`
    update pool_action set tries = tries + 1, available_at = now() + make_interval(secs => ${leaseSeconds})
    where ctid = any(array(
      select ctid from pool_action a where workspace_id = ${of.workspaceId} and queue = ${of.queue} and available_at <= now() and ${isAmong('a.pool', of.buckets)}
      order by available_at limit ${of.limit} for update skip locked))
    returning workspace_id as "workspaceId", run_id as "runId", key, activity, tries`.execute(kysely(db));
  return rows;
}

/** Renews the leases of actions. @returns those that are still open; the others were withdrawn */
export async function renewActions(db: Db, actions: readonly ActionInput[]): Promise<ActionInput[]> {
  const { rows } = await sql<ActionInput>`
    update pool_action a set available_at = now() + make_interval(secs => ${leaseSeconds}) from ${these(actions)} where ${isThis}
    returning a.workspace_id as "workspaceId", a.run_id as "runId", a.key`.execute(kysely(db));
  return rows;
}

/** Forgets actions that were done: their answers are in the mailboxes. */
export async function endActions(db: Db, actions: readonly ActionInput[]): Promise<void> {
  if (actions.length === 0) return;
  await sql`delete from pool_action a using ${these(actions)} where ${isThis}`.execute(kysely(db));
}

/** Puts an action off after an attempt that failed, unless a later one has begun. */
export async function postponeAction(db: Db, action: BegunAction, delayMs: number): Promise<void> {
  await sql`update pool_action a set available_at = now() + make_interval(secs => ${delayMs / 1_000}) from ${these([action])} where ${isThis} and tries = ${action.tries}`.execute(
    kysely(db),
  );
}

/** Notes that an action will not be tried any more, in the mailbox of its run: both or neither. An ended run receives nothing. */
export async function failAction(
  db: Db,
  action: ActionInput,
  { type, message }: Omit<ActionFailure, 'key'>,
): Promise<void> {
  await inWorkspace(db, action.workspaceId, async (tx) => {
    await sql`
      with gone as (delete from pool_action a using ${these([action])} where ${isThis})
      insert into run_inbox (workspace_id, run_id, kind, ref, payload)
      select workspace_id, id, 'failed', ${action.key}, ${JSON.stringify({ type, message })}::jsonb
      from run where workspace_id = ${action.workspaceId} and id = ${action.runId} and ended_at is null for key share
      on conflict (workspace_id, run_id, kind, ref) do nothing`.execute(kysely(tx));
  });
}

/** Actions as rows `this`. */
function these(actions: readonly ActionInput[]): RawBuilder<unknown> {
  const of = (column: keyof ActionInput): string[] => actions.map((action) => action[column]);
  return sql`unnest(${of('workspaceId')}::uuid[], ${of('runId')}::uuid[], ${of('key')}::text[]) as this(workspace_id, run_id, key)`;
}

/** The condition that the row `a` is the one that `this` names. */
const isThis = sql<boolean>`a.workspace_id = this.workspace_id and a.run_id = this.run_id and a.key = this.key`;
