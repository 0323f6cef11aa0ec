import { type RawBuilder, sql } from 'kysely';
import type { BatchRecord } from './batches.ts';
import type { Tx } from './workspace.ts';

/** A batch with where its run stands. */
export type ListedBatch = BatchRecord & { run_status: string; reason: string | null };

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
  const row = await tx
    .selectFrom('batch')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('rows_key', '=', rowsKey)
    .executeTakeFirst();
  return row !== undefined;
}

function batches(tx: Tx) {
  return tx
    .selectFrom('batch')
    .innerJoin('run', (join) =>
      join.onRef('run.workspace_id', '=', 'batch.workspace_id').onRef('run.id', '=', 'batch.run_id'),
    )
    .selectAll('batch')
    .select(['run.status as run_status', 'run.reason as reason']);
}

/** Work of a stage within the last minute: documents, and the seconds since the first of them. */
type Pace = { documents: number; seconds: number };

/** How many documents of a batch stand where, and how fast they get there. */
export type DocumentCounts = Record<
  'generated' | 'flagged' | 'skipped' | 'generateFailed' | 'undecided' | 'rendered' | 'withheld' | 'renderFailed',
  number
> & { generating: Pace; rendering: Pace };

/** Counts the documents of a batch; `undecided` are those of `reviewAll` or the flagged ones about which nobody decided. */
export async function countDocuments(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  reviewAll: boolean,
): Promise<DocumentCounts> {
  const { rows } = await sql<DocumentCounts>`
    select count(*) filter (where generated = 'done')::int as generated, count(*) filter (where is_flagged)::int as flagged,
      count(*) filter (where generated = 'skipped')::int as skipped, count(*) filter (where generated = 'failed')::int as "generateFailed",
      count(*) filter (where generated = 'done' and (is_flagged or ${reviewAll}) and decision is null)::int as undecided,
      count(*) filter (where rendered = 'done')::int as rendered, count(*) filter (where rendered = 'withheld')::int as withheld,
      count(*) filter (where rendered = 'failed')::int as "renderFailed",
      ${pace(sql.ref('generated_at'))} as generating, ${pace(sql.ref('rendered_at'))} as rendering
    from document where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id}`.execute(tx);
  const [counts] = rows;
  if (!counts) throw new Error('An aggregate has one row');
  return counts;
}

function pace(at: RawBuilder<unknown>): RawBuilder<Pace> {
  const isRecent = sql`filter (where ${at} > now() - interval '1 minute')`;
  return sql`jsonb_build_object('documents', count(*) ${isRecent}, 'seconds', coalesce(extract(epoch from now() - min(${at}) ${isRecent}), 0))`;
}

/** Sets what the batch may spend in all. */
export async function setBudget(
  tx: Tx,
  batch: { workspace_id: string; id: string },
  budgetMicros: number,
): Promise<void> {
  await tx
    .updateTable('batch')
    .set({ budget_micros: budgetMicros, rev: sql`rev + 1` })
    .where('workspace_id', '=', batch.workspace_id)
    .where('id', '=', batch.id)
    .execute();
}

/** Locks a batch's row for a decision about one of its documents; the last of them must see all others. */
export async function lockBatch(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx
    .selectFrom('batch')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .forNoKeyUpdate()
    .execute();
}
