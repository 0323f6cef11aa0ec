import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { ChunkRange, Finding, SlotAnswers } from '../../../contracts/documents/documents.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A document's row. */
export type DocumentRow = Selectable<Database['document']>;

/** The batch that documents belong to. */
export type BatchKey = { workspace_id: string; id: string };

/** The two kinds of work that a document goes through; each has its column of states. */
export type DocumentWork = 'generated' | 'rendered';

/** A document, or a draft of one, that was begun this often by workers that died is given up: something about it crashes them. */
export const maxDeaths = 3;

/**
 * Claims the documents of a chunk that are not done for one attempt, taking over what an earlier attempt left: its checkpoints
 * are refused from now on. One that was begun under three dead attempts fails instead.
 * @returns what is left to do, in the order of the file
 */
export async function claimDocuments(
  tx: Tx,
  batch: BatchKey,
  work: DocumentWork,
  range: ChunkRange,
  claim: string,
): Promise<DocumentRow[]> {
  const state = sql.ref(work);
  const { rows } = await sql<DocumentRow>`
    update document set claim = ${claim}, deaths = deaths + (case when ${state} = 'working' then 1 else 0 end),
      ${state} = case when ${state} = 'working' and deaths + 1 >= ${maxDeaths} then 'failed' else 'pending' end,
      error = case when ${state} = 'working' and deaths + 1 >= ${maxDeaths}
        then '{"code":"document.killer","message":"Three workers died while they worked on this document"}'::jsonb else error end
    where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id} and ordinal between ${range.from} and ${range.to}
      and ${state} in ('pending', 'working') and (${work} = 'generated' or generated = 'done')
    returning *`.execute(kysely(tx));
  return rows.filter((row) => row[work] === 'pending').sort((a, b) => a.ordinal - b.ordinal);
}

/**
 * Gives back what one attempt has begun and not finished: it ended by itself, so nothing that it left is a sign of a worker's death.
 * Documents that another attempt has claimed since stay with that one.
 */
export async function releaseDocuments(
  tx: Tx,
  batch: BatchKey,
  work: DocumentWork,
  range: ChunkRange,
  claim: string,
): Promise<void> {
  await sql`update document set ${sql.ref(work)} = 'pending' where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id}
    and ordinal between ${range.from} and ${range.to} and claim = ${claim} and ${sql.ref(work)} = 'working'`.execute(
    kysely(tx),
  );
}

/** What a flush of checkpoints came to: the ordinals that were written, and what the batch has spent by now, in millionths of a US dollar. */
export type Written = { written: Set<number>; spentMicros: number; budgetMicros: number };

/** What is written about one document in a flush of checkpoints. `pending`: it is not written, and what its calls cost is. */
export type Checkpoint =
  | { kind: 'begun'; ordinal: number }
  | {
      kind: 'generated';
      ordinal: number;
      state: 'done' | 'skipped' | 'failed' | 'pending';
      isFlagged: boolean;
      answers: SlotAnswers | null;
      findings: Finding[];
      contentHash: string | null;
      usage: JsonObject | null;
      costMicros: number;
      repairs: number;
      error: JsonObject | null;
    }
  | {
      kind: 'rendered';
      ordinal: number;
      state: 'done' | 'withheld' | 'failed';
      files: JsonObject | null;
      error: JsonObject | null;
    };

/**
 * Writes many checkpoints at once; those of documents that another attempt has claimed since are left out. Repeatable: what an earlier
 * call wrote whose commit was not confirmed counts as written, and its cost once.
 */
export async function writeCheckpoints(
  tx: Tx,
  batch: BatchKey,
  work: DocumentWork,
  claim: string,
  checkpoints: Checkpoint[],
): Promise<Written> {
  const own = sql`d.workspace_id = ${batch.workspace_id} and d.batch_id = ${batch.id} and d.claim = ${claim}`;
  const made = new Set(checkpoints.filter(({ kind }) => kind !== 'begun').map(({ ordinal }) => ordinal));
  // One that is made by now need not be begun, and only what was made of it says whether it still belongs to this attempt.
  const begun = checkpoints
    .filter((each) => each.kind === 'begun' && !made.has(each.ordinal))
    .map((each) => each.ordinal);
  if (begun.length > 0) {
    await sql`update document d set ${sql.ref(work)} = 'working' where ${own} and d.ordinal = any(${begun}::int[]) and ${sql.ref(`d.${work}`)} = 'pending'`.execute(
      kysely(tx),
    );
  }
  const written = new Set(begun);
  const spent: Spent = { costMicros: 0, input: 0, output: 0 };
  const generated = checkpoints.filter((checkpoint) => checkpoint.kind === 'generated');
  if (generated.length > 0) {
    const { rows } = await sql<Paid>`
      update document d set generated = c.state, is_flagged = c."isFlagged", answers = c.answers, findings = c.findings, content_hash = c."contentHash",
        usage = c.usage, cost_micros = d.cost_micros + c."costMicros", repairs = c.repairs, error = c.error,
        generated_at = case when c.state = 'pending' then null else now() end
      from jsonb_to_recordset(${JSON.stringify(generated)}::jsonb) as c(ordinal int, state text, "isFlagged" boolean, answers jsonb, findings jsonb,
        "contentHash" text, usage jsonb, "costMicros" bigint, repairs int, error jsonb)
      where ${own} and d.ordinal = c.ordinal and d.generated in ('pending', 'working')
      returning d.ordinal, c."costMicros" as cost, c.usage ->> 'inputTokens' as input, c.usage ->> 'outputTokens' as output`.execute(
      kysely(tx),
    );
    const emptied = rows.length < generated.length ? await payForEmptied(tx, own, generated) : [];
    for (const row of [...rows, ...emptied]) {
      written.add(row.ordinal);
      spent.costMicros += Number(row.cost);
      spent.input += Number(row.input ?? 0);
      spent.output += Number(row.output ?? 0);
    }
  }
  const rendered = checkpoints.filter((checkpoint) => checkpoint.kind === 'rendered');
  if (rendered.length > 0) {
    const { rows } = await sql<{ ordinal: number }>`
      update document d set rendered = c.state, files = c.files, error = coalesce(c.error, d.error), rendered_at = now()
      from jsonb_to_recordset(${JSON.stringify(rendered)}::jsonb) as c(ordinal int, state text, files jsonb, error jsonb)
      where ${own} and d.ordinal = c.ordinal and d.rendered in ('pending', 'working')
      returning d.ordinal`.execute(kysely(tx));
    for (const row of rows) written.add(row.ordinal);
  }
  const missing = checkpoints.map(({ ordinal }) => ordinal).filter((ordinal) => !written.has(ordinal));
  if (missing.length > 0) {
    const { rows } = await sql<{
      ordinal: number;
    }>`select d.ordinal from document d where ${own} and d.ordinal = any(${missing}::int[])
      and ${sql.ref(`d.${work}`)} not in ('pending', 'working')`.execute(kysely(tx));
    for (const row of rows) written.add(row.ordinal);
  }
  return { written, ...(await spend(tx, batch, spent)) };
}

/** What one document cost now. */
type Paid = { ordinal: number; cost: string; input: string | null; output: string | null };

/** Of a document whose person was erased while it was being written nothing is kept but what that cost, once. */
async function payForEmptied(tx: Tx, own: RawBuilder<unknown>, generated: readonly Checkpoint[]): Promise<Paid[]> {
  const { rows } = await sql<Paid>`
    update document d set cost_micros = d.cost_micros + c."costMicros", usage = c.usage, generated_at = now()
    from jsonb_to_recordset(${JSON.stringify(generated)}::jsonb) as c(ordinal int, usage jsonb, "costMicros" bigint)
    where ${own} and d.ordinal = c.ordinal and d.erased_by is not null and d.generated_at is null
    returning d.ordinal, c."costMicros" as cost, c.usage ->> 'inputTokens' as input, c.usage ->> 'outputTokens' as output`.execute(
    kysely(tx),
  );
  return rows;
}

/** What documents cost: money in millionths of a US dollar, and tokens. */
type Spent = { costMicros: number; input: number; output: number };

/** Adds to what the batch has spent. A spend is written with the documents it bought, so a crash loses neither. */
export async function spend(
  tx: Tx,
  batch: BatchKey,
  { costMicros, input, output }: Spent,
): Promise<{ spentMicros: number; budgetMicros: number }> {
  const own = sql`workspace_id = ${batch.workspace_id} and id = ${batch.id}`;
  const { rows } =
    costMicros + input + output === 0
      ? await sql<{
          spent: string;
          budget: string;
        }>`select spent_micros as spent, budget_micros as budget from batch where ${own}`.execute(kysely(tx))
      : await sql<{
          spent: string;
          budget: string;
        }>`update batch set spent_micros = spent_micros + ${costMicros},
            input_tokens = input_tokens + ${input}, output_tokens = output_tokens + ${output}, rev = rev + 1 where ${own}
          returning spent_micros as spent, budget_micros as budget`.execute(kysely(tx));
  return { spentMicros: Number(rows[0]?.spent ?? 0), budgetMicros: Number(rows[0]?.budget ?? 0) };
}

/** The state of all documents of a chunk, from every worker. */
export async function chunkTotals(
  tx: Tx,
  batch: BatchKey,
  range: ChunkRange,
): Promise<{
  generated: number;
  flagged: number;
  failed: number;
  skipped: number;
  costMicros: number;
  rendered: number;
  withheld: number;
  renderFailed: number;
}> {
  const { rows } = await sql<Record<string, string>>`
    select count(*) filter (where generated = 'done' and not is_flagged) as generated, count(*) filter (where generated = 'done' and is_flagged) as flagged,
      count(*) filter (where generated = 'failed') as failed, count(*) filter (where generated = 'skipped') as skipped, coalesce(sum(cost_micros), 0) as cost,
      count(*) filter (where rendered = 'done') as rendered, count(*) filter (where rendered = 'withheld') as withheld, count(*) filter (where rendered = 'failed') as "renderFailed"
    from document where workspace_id = ${batch.workspace_id} and batch_id = ${batch.id} and ordinal between ${range.from} and ${range.to}`.execute(
    kysely(tx),
  );
  const of = (name: string): number => Number(rows[0]?.[name] ?? 0);
  return {
    generated: of('generated'),
    flagged: of('flagged'),
    failed: of('failed'),
    skipped: of('skipped'),
    costMicros: of('cost'),
    rendered: of('rendered'),
    withheld: of('withheld'),
    renderFailed: of('renderFailed'),
  };
}

/** The documents of a range of ordinals, in their order. */
export function documentsOf(tx: Tx, batch: BatchKey, range: ChunkRange): Promise<DocumentRow[]> {
  return kysely(tx)
    .selectFrom('document')
    .selectAll()
    .where('workspace_id', '=', batch.workspace_id)
    .where('batch_id', '=', batch.id)
    .where('ordinal', '>=', range.from)
    .where('ordinal', '<=', range.to)
    .orderBy('ordinal')
    .execute();
}
