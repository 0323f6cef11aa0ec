import { sql, type Selectable } from 'kysely';
import type { DraftKind, Finding, RedraftParams, SlotAnswers } from '../../../contracts/documents/documents.ts';
import { changedFinding, undraftedFinding, type DraftAsk } from '../../../domain/documents/drafts.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { maxDeaths, spend, type BatchKey, type Checkpoint, type DocumentRow, type Written } from './documents.ts';

/** One text that a document has or had. */
export type DraftRow = Selectable<Database['document_draft']>;

type DocumentKey = Pick<DocumentRow, 'workspace_id' | 'id'>;
type NewText = { kind: DraftKind; author: string; note: string | null; answers: SlotAnswers | null };

/**
 * Asks for another text of a document; the one that it has is kept, and what was decided about it is taken back.
 * @returns the number of the draft; null where the document is rendered, has another text by now, or another draft is open
 */
export async function askDraft(
  tx: Tx,
  { workspace_id: workspaceId, id }: DocumentKey,
  { kind, author, note, answers, expectedHash }: NewText & { expectedHash: string },
): Promise<number | null> {
  const { rows } = await sql<{ number: number }>`
    update document d set decision = null, decided_by = null, decided_at = null, open_draft = 1 + greatest(1,
        (select max(number) from document_draft where workspace_id = ${workspaceId} and document_id = ${id}))
    where workspace_id = ${workspaceId} and id = ${id} and content_hash = ${expectedHash} and open_draft is null
      and generated = 'done' and rendered = 'pending'
    returning open_draft as number`.execute(kysely(tx));
  const [asked] = rows;
  if (!asked) return null;
  await sql`
    insert into document_draft (workspace_id, document_id, number, kind, state, answers, findings, content_hash, cost_micros, asked_at, made_at)
    select workspace_id, id, 1, 'first', 'made', answers, findings, content_hash, cost_micros, coalesce(generated_at, now()), generated_at
    from document where workspace_id = ${workspaceId} and id = ${id}
    on conflict do nothing`.execute(kysely(tx));
  await kysely(tx)
    .insertInto('document_draft')
    .values({
      workspace_id: workspaceId,
      document_id: id,
      number: asked.number,
      kind,
      state: 'open',
      author,
      note,
      answers: answers === null ? null : JSON.stringify(answers),
    })
    .execute();
  return asked.number;
}

/** Takes back the open draft of a document; what its call costs still counts. @returns whether there was one */
export async function dropDraft(tx: Tx, document: DocumentKey): Promise<boolean> {
  const { rows } = await sql<{ number: number }>`
    update document_draft r set state = 'dropped' from document d
    where d.workspace_id = ${document.workspace_id} and d.id = ${document.id}
      and r.workspace_id = d.workspace_id and r.document_id = d.id and r.number = d.open_draft
    returning r.number`.execute(kysely(tx));
  await sql`update document set open_draft = null where workspace_id = ${document.workspace_id} and id = ${document.id}
    and open_draft is not null`.execute(kysely(tx));
  return rows.length > 0;
}

/** The texts of a document, the first first; none while nobody has asked for a second one. */
export function draftsOf(tx: Tx, document: DocumentKey): Promise<DraftRow[]> {
  return kysely(tx)
    .selectFrom('document_draft')
    .selectAll()
    .where('workspace_id', '=', document.workspace_id)
    .where('document_id', '=', document.id)
    .orderBy('number')
    .execute();
}

/** Claims a document for one attempt at its open draft, as `claimDocuments` does: under three dead attempts the draft fails. */
export async function claimDraft(
  tx: Tx,
  batch: BatchKey,
  params: RedraftParams,
  claim: string,
): Promise<DocumentRow[]> {
  const { rows } = await sql<DraftRow>`
    update document_draft r set state = 'open', deaths = r.deaths + (case when r.state = 'working' then 1 else 0 end)
    from document d where ${isOpen(batch, params)} and r.workspace_id = d.workspace_id and r.document_id = d.id and r.number = d.open_draft
    returning r.*`.execute(kysely(tx));
  const [draft] = rows;
  if (!draft) return [];
  if (draft.deaths >= maxDeaths) {
    const error = { code: 'document.killer', message: 'Three workers died while they worked on it' };
    await fail(tx, draft, error);
    return [];
  }
  const claimed = await sql<DocumentRow>`
    update document d set claim = ${claim} where ${isOpen(batch, params)} returning d.*`.execute(kysely(tx));
  return claimed.rows;
}

/** Gives back a draft that an attempt has begun and not made. */
export async function releaseDraft(tx: Tx, batch: BatchKey, params: RedraftParams, claim: string): Promise<void> {
  await setState(tx, batch, { ordinal: params.from, draft: params.draft, claim, from: 'working', to: 'open' });
}

/**
 * Writes what came of the open draft of a document. Its text becomes the document's, flagged whatever the checks say of it; what failed leaves
 * the document the text that it had. Where the draft was taken back, or the review is over, what it cost is all that is written.
 */
export async function writeDraftCheckpoints(
  tx: Tx,
  batch: BatchKey,
  draft: number,
  claim: string,
  checkpoints: readonly Checkpoint[],
): Promise<Written> {
  // Before the document, as everyone does who decides about one.
  await sql`select 1 from batch where workspace_id = ${batch.workspace_id} and id = ${batch.id} for no key update`.execute(
    kysely(tx),
  );
  const written = new Set<number>();
  const spent = { costMicros: 0, input: 0, output: 0 };
  for (const checkpoint of checkpoints) {
    const { ordinal, kind } = checkpoint;
    if (kind === 'begun') await setState(tx, batch, { ordinal, draft, claim, from: 'open', to: 'working' });
    if (kind === 'generated' && (await writeDraft(tx, batch, { draft, claim, checkpoint }))) {
      spent.costMicros += Math.round(checkpoint.costMicros);
      spent.input += Number(checkpoint.usage?.['inputTokens'] ?? 0);
      spent.output += Number(checkpoint.usage?.['outputTokens'] ?? 0);
    }
    written.add(ordinal);
  }
  return { written, ...(await spend(tx, batch, spent)) };
}

/**
 * What a draft cost that was taken back counts also where the document is claimed for its next one by now.
 * @returns whether it was the first call with this: only that one spends
 */
async function writeDraft(
  tx: Tx,
  batch: BatchKey,
  {
    draft,
    claim,
    checkpoint,
  }: { draft: number; claim: string; checkpoint: Extract<Checkpoint, { kind: 'generated' }> },
): Promise<boolean> {
  const { ordinal, state, costMicros, usage } = checkpoint;
  const params = { from: ordinal, to: ordinal, draft };
  const found = await sql<DraftRow & { isOpen: boolean }>`
    update document_draft r set cost_micros = r.cost_micros + ${Math.round(costMicros)},
      made_at = case when ${state} = 'pending' then null else now() end
    from document d where d.workspace_id = ${batch.workspace_id} and d.batch_id = ${batch.id} and d.ordinal = ${ordinal}
      and (d.claim = ${claim} or r.state = 'dropped')
      and r.workspace_id = d.workspace_id and r.document_id = d.id and r.number = ${draft} and r.made_at is null
    returning r.*, (${isOpen(batch, params)}) as "isOpen"`.execute(kysely(tx));
  const [row] = found.rows;
  if (!row) return false;
  const [input, output] = [usage?.['inputTokens'] ?? 0, usage?.['outputTokens'] ?? 0];
  await sql`update document set cost_micros = cost_micros + ${Math.round(costMicros)}, usage = jsonb_build_object(
      'inputTokens', coalesce((usage ->> 'inputTokens')::bigint, 0) + ${input}::bigint,
      'outputTokens', coalesce((usage ->> 'outputTokens')::bigint, 0) + ${output}::bigint)
    where workspace_id = ${row.workspace_id} and id = ${row.document_id}`.execute(kysely(tx));
  if (row.isOpen && state === 'done') await land(tx, row, checkpoint);
  else if (row.isOpen && state !== 'pending') {
    const why = { code: 'document.failed', message: 'No text came of it' };
    await fail(tx, row, (checkpoint.error as typeof why | null) ?? why);
  }
  return true;
}

async function land(
  tx: Tx,
  row: DraftRow,
  { answers, findings, contentHash }: Extract<Checkpoint, { kind: 'generated' }>,
): Promise<void> {
  const text = JSON.stringify(answers);
  const found = JSON.stringify([...findings, changedFinding(askOf(row))]);
  const key = sql`workspace_id = ${row.workspace_id}`;
  await sql`update document_draft set state = 'made', answers = ${text}::jsonb, findings = ${found}::jsonb, content_hash = ${contentHash}
    where ${key} and document_id = ${row.document_id} and number = ${row.number}`.execute(kysely(tx));
  await sql`update document set answers = ${text}::jsonb, findings = ${found}::jsonb, content_hash = ${contentHash}, is_flagged = true,
      open_draft = null, generated_at = now() where ${key} and id = ${row.document_id}`.execute(kysely(tx));
}

async function fail(tx: Tx, row: DraftRow, error: { code: string; message: string }): Promise<void> {
  const finding: Finding[] = [undraftedFinding(askOf(row), error.message)];
  const key = sql`workspace_id = ${row.workspace_id}`;
  await sql`update document_draft set state = 'failed', error = ${JSON.stringify(error)}::jsonb, made_at = now()
    where ${key} and document_id = ${row.document_id} and number = ${row.number}`.execute(kysely(tx));
  await sql`update document set findings = findings || ${JSON.stringify(finding)}::jsonb, is_flagged = true, open_draft = null
    where ${key} and id = ${row.document_id}`.execute(kysely(tx));
}

const askOf = ({ kind, author, note }: DraftRow): DraftAsk => ({ kind: kind as DraftKind, author, note });

/** The document `d` waits for this draft, and the review of its batch, the only gate with drafts beside it, is not decided. */
function isOpen(batch: BatchKey, { from, draft }: RedraftParams) {
  return sql<boolean>`d.workspace_id = ${batch.workspace_id} and d.batch_id = ${batch.id} and d.ordinal = ${from} and d.open_draft = ${draft}
    and exists (select 1 from batch b join gate g on g.workspace_id = b.workspace_id and g.run_id = b.run_id and g.status = 'open'
      where b.workspace_id = d.workspace_id and b.id = d.batch_id)`;
}

async function setState(
  tx: Tx,
  batch: BatchKey,
  { ordinal, draft, claim, from, to }: { ordinal: number; draft: number; claim: string; from: string; to: string },
): Promise<void> {
  await sql`update document_draft r set state = ${to} from document d
    where d.workspace_id = ${batch.workspace_id} and d.batch_id = ${batch.id} and d.ordinal = ${ordinal} and d.claim = ${claim}
      and r.workspace_id = d.workspace_id and r.document_id = d.id and r.number = ${draft} and r.state = ${from}`.execute(
    kysely(tx),
  );
}
