import { type RawBuilder, sql } from 'kysely';
import type { Tx } from './workspace.ts';

/** How many documents of a batch stand where. */
export type DocumentCounts = Record<
  | 'generated'
  | 'flagged'
  | 'skipped'
  | 'generateFailed'
  | 'undecided'
  | 'rendered'
  | 'withheld'
  | 'renderFailed'
  | 'failed'
  | 'repaired'
  | 'missing',
  number
>;

type BatchKey = { workspace_id: string; id: string };

const none: DocumentCounts = {
  generated: 0,
  flagged: 0,
  skipped: 0,
  generateFailed: 0,
  undecided: 0,
  rendered: 0,
  withheld: 0,
  renderFailed: 0,
  failed: 0,
  repaired: 0,
  missing: 0,
};

/**
 * Counts the documents of each batch; `undecided` are those about which nobody decided, of all where the batch is reviewed whole, else
 * of the flagged ones. @returns the counts by batch id; a batch without documents counts none
 */
export async function countDocuments(
  tx: Tx,
  workspaceId: string,
  batchIds: readonly string[],
): Promise<(batchId: string) => DocumentCounts> {
  const { rows } = await sql<DocumentCounts & { batchId: string }>`
    select b.id as "batchId", n.* from batch b cross join lateral (
      select count(*) filter (where generated = 'done')::int as generated, count(*) filter (where is_flagged)::int as flagged,
        count(*) filter (where generated = 'skipped')::int as skipped, count(*) filter (where generated = 'failed')::int as "generateFailed",
        count(*) filter (where generated = 'done' and (is_flagged or b.options ->> 'review' = 'all') and decision is null)::int as undecided,
        count(*) filter (where rendered = 'done')::int as rendered, count(*) filter (where rendered = 'withheld')::int as withheld,
        count(*) filter (where rendered = 'failed')::int as "renderFailed",
        count(*) filter (where generated = 'failed' or rendered = 'failed')::int as failed,
        count(*) filter (where repairs > 0)::int as repaired,
        count(*) filter (where generated in ('failed', 'skipped') or rendered in ('withheld', 'failed'))::int as missing
      from document d where d.workspace_id = b.workspace_id and d.batch_id = b.id) n
    where b.workspace_id = ${workspaceId} and b.id = any(${batchIds}::uuid[])`.execute(tx);
  const byBatch = new Map(rows.map(({ batchId, ...counts }) => [batchId, counts]));
  return (batchId) => byBatch.get(batchId) ?? none;
}

/** Work of a stage within the last minute: documents, and the seconds since the first of them. */
export type Pace = { documents: number; seconds: number };

/** How fast documents of a batch are written and rendered now. */
export async function paceOf(tx: Tx, batch: BatchKey): Promise<{ generating: Pace; rendering: Pace }> {
  return {
    generating: await pace(tx, batch, sql.ref('generated_at')),
    rendering: await pace(tx, batch, sql.ref('rendered_at')),
  };
}

async function pace(tx: Tx, batch: BatchKey, at: RawBuilder<unknown>): Promise<Pace> {
  const { rows } = await sql<Pace>`
    select count(*)::int as documents, coalesce(extract(epoch from now() - min(${at})), 0)::float8 as seconds from document
    where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id} and ${at} > now() - interval '1 minute'`.execute(
    tx,
  );
  return rows[0] ?? { documents: 0, seconds: 0 };
}

/** The documents that were written in each of the last 30 minutes, the oldest first. */
export async function writtenPerMinute(tx: Tx, batch: BatchKey): Promise<{ at: Date; documents: number }[]> {
  const { rows } = await sql<{ at: Date; documents: number }>`
    select m.at, count(d.generated_at)::int as documents
    from generate_series(date_trunc('minute', now()) - interval '29 minutes', date_trunc('minute', now()), interval '1 minute') as m(at)
    left join document d on d.workspace_id = ${batch.workspace_id} and d.batch_id = ${batch.id}
      and d.generated_at >= m.at and d.generated_at < m.at + interval '1 minute'
    group by m.at order by m.at`.execute(tx);
  return rows;
}

/** What the checks found in the documents as they are now, the 20 most frequent; a document counts once for each kind. */
export async function defectsOf(
  tx: Tx,
  batch: BatchKey,
): Promise<{ check: string; code: string; count: number; flagged: number }[]> {
  const { rows } = await sql<{ check: string; code: string; count: number; flagged: number }>`
    select f ->> 'check' as check, f ->> 'code' as code, count(distinct ordinal)::int as count,
      (count(distinct ordinal) filter (where f ->> 'severity' = 'error'))::int as flagged
    from document, jsonb_array_elements(findings) f
    where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id}
    group by 1, 2 order by 3 desc, 2 limit 20`.execute(tx);
  return rows;
}

/** The tokens of all calls about documents of a batch, repairs included. */
export async function tokensOf(tx: Tx, batch: BatchKey): Promise<{ input: number; output: number }> {
  const { rows } = await sql<{ input: number; output: number }>`
    select coalesce(sum((usage ->> 'inputTokens')::bigint), 0)::float8 as input,
      coalesce(sum((usage ->> 'outputTokens')::bigint), 0)::float8 as output
    from document where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id}`.execute(tx);
  return rows[0] ?? { input: 0, output: 0 };
}
