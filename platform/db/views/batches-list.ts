import { sql } from 'kysely';
import type { BatchRecord } from '../documents/batches.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { troubleOf } from './runs/runs-list.ts';

/** A batch with where its run stands, and the gate at which it waits. */
export type ListedBatch = BatchRecord & {
  run_status: string;
  reason: string | null;
  requested_by: string | null;
  gate_id: string | null;
  trouble: Record<string, unknown> | null;
};

/** Batches, the newest first, one more than `limit` so that the caller sees whether there is a next page. */
export async function listBatches(
  tx: Tx,
  filter: { workspaceId: string; state: 'live' | 'ended' | null; before: string | null; limit: number },
): Promise<ListedBatch[]> {
  let query = batches(tx).where('batch.workspace_id', '=', filter.workspaceId);
  if (filter.state === 'live') query = query.where('batch.ended_at', 'is', null);
  if (filter.state === 'ended') query = query.where('batch.ended_at', 'is not', null);
  if (filter.before !== null) query = query.where('batch.id', '<', filter.before);
  return query
    .orderBy('batch.id', 'desc')
    .limit(filter.limit + 1)
    .execute();
}

/** One batch; undefined where the workspace has none with that id. */
export function findListedBatch(tx: Tx, workspaceId: string, id: string): Promise<ListedBatch | undefined> {
  return batches(tx).where('batch.workspace_id', '=', workspaceId).where('batch.id', '=', id).executeTakeFirst();
}

/** Whether some batch is made of the rows that are stored under this key. */
export async function hasBatchOfRows(tx: Tx, workspaceId: string, rowsKey: string): Promise<boolean> {
  const row = await kysely(tx)
    .selectFrom('batch')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('rows_key', '=', rowsKey)
    .executeTakeFirst();
  return row !== undefined;
}

function batches(tx: Tx) {
  return kysely(tx)
    .selectFrom('batch')
    .innerJoin('run', (join) =>
      join.onRef('run.workspace_id', '=', 'batch.workspace_id').onRef('run.id', '=', 'batch.run_id'),
    )
    .selectAll('batch')
    .select(['run.status as run_status', 'run.reason as reason', 'run.requested_by as requested_by'])
    .select(troubleOf(sql`run`).as('trouble'))
    .select((of) =>
      of
        .selectFrom('gate')
        .select('gate.id')
        .whereRef('gate.workspace_id', '=', 'batch.workspace_id')
        .whereRef('gate.run_id', '=', 'batch.run_id')
        .where('gate.status', '=', 'open')
        .orderBy('gate.id', 'desc')
        .limit(1)
        .as('gate_id'),
    );
}

/** Sets what the batch may spend in all. */
export async function setBudget(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  budgetMicros: number,
): Promise<void> {
  await kysely(tx)
    .updateTable('batch')
    .set({ budget_micros: budgetMicros, rev: sql`rev + 1` })
    .where('workspace_id', '=', batch.workspace_id)
    .where('id', '=', batch.id)
    .execute();
}

/** Locks a batch's row for a decision about one of its documents; the last of them must see all others. */
export async function lockBatch(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await kysely(tx)
    .selectFrom('batch')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .execute();
}
