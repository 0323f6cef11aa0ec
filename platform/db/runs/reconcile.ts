import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction } from '../core/workspace.ts';

/** A run as the reconciler sees it, over all workspaces. */
export type KnownRun = {
  workspaceId: string;
  runId: string;
  workflowId: string;
  temporalRunId: string | null;
  hasSteps: boolean;
};

const columns = sql`run.workspace_id as "workspaceId", run.id as "runId", run.workflow_id as "workflowId", run.temporal_run_id as "temporalRunId",
  exists (select 1 from step where step.workspace_id = run.workspace_id and step.run_id = run.id) as "hasSteps"`;

/** The runs among `workflowIds` that are not over in Postgres. */
export async function openRunsOf(db: Db, workflowIds: string[]): Promise<KnownRun[]> {
  const { rows } =
    await sql<KnownRun>`select ${columns} from run where workflow_id = any(${workflowIds}) and ended_at is null`.execute(
      kysely(db),
    );
  return rows;
}

/**
 * Runs that should have moved and did not: two minutes past their due instant, or never begun two minutes after their start.
 * A run that waits for an event or a person without a deadline is not silent.
 */
export async function silentRuns(db: Db, limit: number): Promise<KnownRun[]> {
  const { rows } = await sql<KnownRun>`
    select ${columns} from run where ended_at is null
      and (next_due_at < now() - interval '2 minutes' or (status = 'starting' and updated_at < now() - interval '2 minutes'))
      and not exists (select 1 from outbox where outbox.run_id = run.id and parked_at is null)
    order by run.updated_at limit ${limit}`.execute(kysely(db));
  return rows;
}

/**
 * Writes the end that Temporal saw, unless the run has ended or moved to a newer execution since. Its waits go, its gates are
 * withdrawn.
 * @returns whether it was written
 */
export async function closeRun(
  db: Db,
  run: KnownRun,
  end: { status: 'terminated' | 'cancelled' | 'failed'; reason: string; temporalRunId: string },
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const result = await sql`
      update run set status = ${end.status}, outcome = ${end.status}, reason = ${end.reason}, ended_at = now(), updated_at = now(),
        next_due_at = null, waiting_for = null, open = '[]', temporal_run_id = ${end.temporalRunId}, rev = rev + 1
      where workspace_id = ${run.workspaceId} and id = ${run.runId} and ended_at is null
        and (temporal_run_id is null or temporal_run_id = ${run.temporalRunId})`.execute(kysely(tx));
    if ((result.numAffectedRows ?? 0n) === 0n) return false;
    const own = sql`workspace_id = ${run.workspaceId} and run_id = ${run.runId}`;
    await sql`delete from wait where ${own}`.execute(kysely(tx));
    await sql`update gate set status = 'withdrawn', rev = rev + 1 where ${own} and status = 'open'`.execute(kysely(tx));
    await sql`update step set status = 'skipped', ended_at = now() where ${own} and status in ('running', 'waiting')`.execute(
      kysely(tx),
    );
    return true;
  });
}

/** Resolves the incidents of turns that could not be made, where the run has moved since. */
export async function resolveFaults(db: Db): Promise<void> {
  await sql`update incident set state = 'resolved', resolved_at = now(), rev = incident.rev + 1 from run
    where incident.kind in ('engine.fault', 'run.stateTooLarge') and incident.state = 'open' and run.workspace_id = incident.workspace_id
      and run.id = incident.run_id and run.updated_at > incident.opened_at`.execute(kysely(db));
}

/** Reads or moves a named watermark. */
export async function readWatermark(db: Db, name: string): Promise<string | null> {
  const row = await kysely(db).selectFrom('watermark').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

/** Moves a named watermark. */
export async function writeWatermark(db: Db, name: string, value: string): Promise<void> {
  await kysely(db)
    .insertInto('watermark')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}
