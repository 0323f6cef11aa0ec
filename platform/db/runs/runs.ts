import { sql } from 'kysely';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Execution } from '../../../contracts/runs/execution.schema.ts';
import { poolBuckets } from '../../../contracts/runs/pools.ts';
import { defaultLateness } from '../../../contracts/journeys/limits.ts';
import { runKindNames, runKinds, type RunKindName } from '../../../contracts/runs/run-kinds.schema.ts';
import { newId } from '../../ids.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** The kinds of runs that end with their contact. */
export const endingWithContact: readonly string[] = runKindNames.filter((kind) => runKinds[kind].onErasure === 'end');

/**
 * What a new run is. `entryKey` is the business key: a second run with the same kind and key is never made. `id` is for a
 * caller that must know it before. `requestedBy` is the member who asked for it, who may not approve anything in it. `startedAt` is that of what began it (ISO 8601), else the transaction's.
 */
export type NewRun = {
  workspaceId: string;
  id?: string;
  kind: RunKindName;
  title: string;
  entryKey: string;
  subjectId: string;
  /** The version that a journey's run follows. */
  versionId?: string;
  contactId?: string;
  requestedBy?: string | null;
  startedAt?: string;
  execution?: Execution;
};

/** A run as `createRuns` left it; not `created`: its entry key had one already. */
export type CreatedRun = { entryKey: string; runId: string; created: boolean };

/**
 * Creates a run and the outbox row that starts its workflow, in the caller's transaction.
 * @returns the run's id, and `created: false` when the entry key had a run already
 */
export async function createRun(tx: Tx, run: NewRun): Promise<{ runId: string; created: boolean }> {
  const [made] = await createRuns(tx, [run]);
  if (!made) throw new Error('A run came back without its row');
  return { runId: made.runId, created: made.created };
}

/** As `createRun`, for several of one workspace in a few statements; their kind and entry key together must differ. */
export async function createRuns(tx: Tx, runs: readonly NewRun[]): Promise<CreatedRun[]> {
  const [first] = runs;
  if (!first) return [];
  const rows = runs.map((run) => ({ ...run, id: run.id ?? newId() }));
  const made = await kysely(tx)
    .insertInto('run')
    .values(
      rows.map((run) => ({
        workspace_id: run.workspaceId,
        id: run.id,
        kind: run.kind,
        title: run.title,
        workflow_id: `${run.kind}-run/${run.id}`,
        workflow_type: runKinds[run.kind].workflow,
        entry_key: run.entryKey,
        started_at: run.startedAt ?? sql`now()`,
        subject_id: run.subjectId,
        version_id: run.versionId ?? null,
        contact_id: run.contactId ?? null,
        requested_by: run.requestedBy ?? null,
        pool: run.execution === 'pooled' ? bucketOf(run.id) : null,
      })),
    )
    .onConflict((conflict) => conflict.columns(['workspace_id', 'kind', 'entry_key']).doNothing())
    .returning('id')
    .execute();
  const madeIds = new Set(made.map((row) => row.id));
  await wakeRuns(tx, first.workspaceId, [...madeIds]);
  const found = await Promise.all(
    rows.map(async (run): Promise<CreatedRun> => {
      const { entryKey, id } = run;
      if (madeIds.has(id)) return { entryKey, runId: id, created: true };
      return { entryKey, runId: await idOfEntry(tx, run), created: false };
    }),
  );
  return found;
}

/** A run's bucket: by its random last digits, and always the same. */
function bucketOf(runId: string): number {
  return Number.parseInt(runId.slice(-4), 16) % poolBuckets;
}

async function idOfEntry(tx: Tx, run: NewRun): Promise<string> {
  const row = await kysely(tx)
    .selectFrom('run')
    .select('id')
    .where('workspace_id', '=', run.workspaceId)
    .where('kind', '=', run.kind)
    .where('entry_key', '=', run.entryKey)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Notes that a member has asked for something more in a run: what is to be approved from now on was asked for by them. */
export async function requestInRun(
  tx: Tx,
  run: { workspaceId: string; runId: string },
  requestedBy: string | null,
): Promise<void> {
  if (requestedBy === null) return;
  await kysely(tx)
    .updateTable('run')
    .set({ requested_by: requestedBy })
    .where('workspace_id', '=', run.workspaceId)
    .where('id', '=', run.runId)
    .execute();
}

/**
 * Puts a message in the run's mailbox and wakes the run, in the caller's transaction. `ref` makes it idempotent: the same
 * kind and ref is enqueued once.
 * @returns whether the row is new
 */
export async function sendToRun(
  tx: Tx,
  row: { workspaceId: string; runId: string; kind: string; ref: string; payload: JsonObject },
): Promise<boolean> {
  const noted = await enqueueMessage(tx, row);
  if (noted) await wakeRun(tx, row.workspaceId, row.runId);
  if (noted && endsFaults.has(row.kind)) await retryFaults(tx, row.workspaceId, [row.runId]);
  return noted;
}

/** Messages that may get a run out of what its machine throws at. */
const endsFaults: ReadonlySet<string> = new Set(['exit', 'rewind']);

/** As `sendToRun`, without the wake-up: for an activity whose completion wakes the loop anyway. */
export async function enqueueMessage(
  tx: Tx,
  row: { workspaceId: string; runId: string; kind: string; ref: string; payload: JsonObject },
): Promise<boolean> {
  const result = await kysely(tx)
    .insertInto('run_inbox')
    .values({
      workspace_id: row.workspaceId,
      run_id: row.runId,
      kind: row.kind,
      ref: row.ref,
      payload: JSON.stringify(row.payload),
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'run_id', 'kind', 'ref']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/**
 * Holds a run against the erasure of its contact, for the rest of the transaction: an erasure that has begun ends first, a later one waits.
 * What writes to a run without its contact's lock holds it before it locks a gate or an effect, as the erasure locks in that order.
 */
export async function holdRun(tx: Tx, workspaceId: string, runId: string): Promise<void> {
  await sql`select from run where workspace_id = ${workspaceId} and id = ${runId} for key share`.execute(kysely(tx));
}

/** Writes the outbox row that starts or wakes the run's workflow. Wake-ups coalesce; an ended run needs none. */
export async function wakeRun(tx: Tx, workspaceId: string, runId: string): Promise<void> {
  await wakeRuns(tx, workspaceId, [runId]);
}

/**
 * Wakes a run whose wake-ups, or whose turns in a pool, were parked: they are made again, as if for the first time; a run without any gets a new
 * wake-up.
 */
export async function wakeParkedRun(tx: Tx, workspaceId: string, runId: string): Promise<void> {
  await forgetFaults(tx, workspaceId, [runId]);
  const unparked = await sql`update outbox set parked_at = null, unfinished = 0, failures = 0, available_at = now()
    where workspace_id = ${workspaceId} and run_id = ${runId} and parked_at is not null`.execute(kysely(tx));
  if ((unparked.numAffectedRows ?? 0n) === 0n) await wakeRun(tx, workspaceId, runId);
}

/**
 * Has turns in pools tried again that could not be made, as a person asks for it. Only half of their failures still count, so that one which ends
 * at this moment, and has not read what was asked, parks nothing.
 */
export async function retryFaults(tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<void> {
  await sql`
    with retried as (
      update pool_fault set retry_at = now(), throws = throws / 2 where workspace_id = ${workspaceId} and run_id = any(${runIds}::uuid[])
      returning run_id
    ), woken as (
      select run.* from retried join run on run.workspace_id = ${workspaceId} and run.id = retried.run_id where run.ended_at is null
    ), ${wakeUps} select from woken where false`.execute(kysely(tx));
}

/** Forgets what stood against runs in their pools: as if their turns had never failed. */
export async function forgetFaults(tx: Tx, workspaceId: string, runIds: readonly string[]): Promise<void> {
  await sql`delete from pool_fault where workspace_id = ${workspaceId} and run_id = any(${runIds}::uuid[])`.execute(
    kysely(tx),
  );
}

/** As `wakeRun`, for several in one statement; works for the system role over all workspaces too. */
export async function wakeRuns(tx: Tx | Db, workspaceId: string, runIds: readonly string[]): Promise<void> {
  if (runIds.length === 0) return;
  await sql`
    with woken as (
      select * from run where workspace_id = ${workspaceId} and id = any(${runIds}::uuid[]) and ended_at is null
    ), ${wakeUps} select from woken where false`.execute(kysely(tx));
}

/**
 * The parts of a statement that wake the live runs in `woken`, which are rows of `run`: by the outbox those that have a workflow of their own, the
 * others in their pools, where one that has yet to begin comes after what has happened to others.
 */
export const wakeUps = sql`readied as (
      insert into pool_ready (workspace_id, run_id, pool, lane)
      select workspace_id, id, pool, case when status = 'starting' then 1 else 0 end from woken where pool is not null
    ), called as (
      insert into outbox (workspace_id, run_id, workflow_id, workflow_type, partition)
      select workspace_id, id, workflow_id, coalesce(workflow_type, kind || 'Workflow'), abs(hashtext(id::text)) % 16
      from woken where pool is null
    )`;

/**
 * Ends a live run at once, as `terminated` unless `status` says otherwise: its waits go, its gates are withdrawn, and what it does outside is refused at the fence. Its
 * workflow, if it has one, is woken and ends, too.
 * @returns whether it was live
 */
export async function terminateRun(
  tx: Tx,
  run: { workspaceId: string; runId: string; reason: string; status?: 'terminated' | 'exited' },
): Promise<boolean> {
  const { status = 'terminated' } = run;
  const own = sql`workspace_id = ${run.workspaceId} and run_id = ${run.runId}`;
  await wakeRun(tx, run.workspaceId, run.runId);
  const result = await sql`
    update run set status = ${status}, outcome = ${status}, reason = ${run.reason}, ended_at = now(), updated_at = now(),
      next_due_at = null, waiting_for = null, open = '[]', rev = rev + 1
    where workspace_id = ${run.workspaceId} and id = ${run.runId} and ended_at is null`.execute(kysely(tx));
  if ((result.numAffectedRows ?? 0n) === 0n) return false;
  await forgetFaults(tx, run.workspaceId, [run.runId]);
  await sql`delete from wait where ${own} and purpose is distinct from 'goal'`.execute(kysely(tx));
  // What it was for may still come, as late as the journey lets events come.
  await sql`update wait set due_at = due_at + coalesce(v.definition ->> 'lateness', ${defaultLateness})::interval
    from journey_run j join journey_version v on v.workspace_id = j.workspace_id and v.id = j.version_id
    where wait.workspace_id = ${run.workspaceId} and wait.run_id = ${run.runId} and wait.purpose = 'goal'
      and j.workspace_id = wait.workspace_id and j.run_id = wait.run_id`.execute(kysely(tx));
  await sql`update gate set status = 'withdrawn', rev = rev + 1 where ${own} and status = 'open'`.execute(kysely(tx));
  await sql`update step set status = 'skipped', ended_at = now() where ${own} and status in ('running', 'waiting')`.execute(
    kysely(tx),
  );
  return true;
}
