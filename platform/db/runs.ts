import { sql } from 'kysely';
import { workflowTypes, type RunKindName } from '../../contracts/engine.ts';
import type { JsonObject } from '../../contracts/machine.ts';
import { newId } from '../ids.ts';
import type { Tx } from './workspace.ts';

/** What a new run is. `entryKey` is the business key: a second run with the same kind and key is never made. */
export type NewRun = {
  workspaceId: string;
  kind: RunKindName;
  title: string;
  entryKey: string;
  subjectId: string;
  contactId?: string;
};

/**
 * Creates a run and the outbox row that starts its workflow, in the caller's transaction.
 * @returns the run's id, and `created: false` when the entry key had a run already
 */
export async function createRun(tx: Tx, run: NewRun): Promise<{ runId: string; created: boolean }> {
  const id = newId();
  const made = await tx
    .insertInto('run')
    .values({
      workspace_id: run.workspaceId,
      id,
      kind: run.kind,
      title: run.title,
      workflow_id: `${run.kind}-run/${id}`,
      entry_key: run.entryKey,
      subject_id: run.subjectId,
      contact_id: run.contactId ?? null,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'kind', 'entry_key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) {
    await ringRun(tx, run.workspaceId, id);
    return { runId: id, created: true };
  }
  const existing = await tx
    .selectFrom('run')
    .select('id')
    .where('workspace_id', '=', run.workspaceId)
    .where('kind', '=', run.kind)
    .where('entry_key', '=', run.entryKey)
    .executeTakeFirstOrThrow();
  return { runId: existing.id, created: false };
}

/**
 * Puts a row in the run's inbox and rings, in the caller's transaction. `ref` makes it idempotent: the same kind and ref is
 * noted once for ever.
 * @returns whether the row is new
 */
export async function tellRun(
  tx: Tx,
  row: { workspaceId: string; runId: string; kind: string; ref: string; payload: JsonObject },
): Promise<boolean> {
  const noted = await noteInbox(tx, row);
  if (noted) await ringRun(tx, row.workspaceId, row.runId);
  return noted;
}

/** As `tellRun`, without the ring: for an activity whose completion wakes the loop anyway. */
export async function noteInbox(
  tx: Tx,
  row: { workspaceId: string; runId: string; kind: string; ref: string; payload: JsonObject },
): Promise<boolean> {
  const result = await tx
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

/** Writes the outbox row that starts or wakes the run's workflow. Rings coalesce; an ended run needs none. */
export async function ringRun(tx: Tx, workspaceId: string, runId: string): Promise<void> {
  await sql`
    insert into outbox (workspace_id, run_id, workflow_id, workflow_type, partition)
    select workspace_id, id, workflow_id,
      case kind when 'journey' then ${workflowTypes.journey} when 'enrollment' then ${workflowTypes.enrollment} else ${workflowTypes.batch} end,
      abs(hashtext(id::text)) % 16
    from run where workspace_id = ${workspaceId} and id = ${runId} and ended_at is null`.execute(tx);
}
