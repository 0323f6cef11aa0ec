import { sql } from 'kysely';
import type { DocumentRow } from '../documents/documents.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A part of a batch's documents. */
export type DocumentShow =
  | 'all'
  | 'flagged'
  | 'undecided'
  | 'failed'
  | 'repaired'
  | 'missing'
  | 'delivered'
  | 'decided'
  | 'approved'
  | 'refused';

/** Which documents of a batch a list shows; `after` is the ordinal before the page, `reviewAll` says whether clean ones are decided too. */
export type DocumentFilter = {
  workspaceId: string;
  batchId: string;
  show: DocumentShow;
  /** The beginning of the key. */
  q: string | null;
  /** The code of what a check found in them. */
  finding?: string | null;
  reviewAll: boolean;
  after: number;
  limit: number;
};

/** Documents in the order of the file, one more than `limit`. */
export async function listDocuments(tx: Tx, filter: DocumentFilter): Promise<DocumentRow[]> {
  let query = kysely(tx)
    .selectFrom('document')
    .selectAll()
    .where('workspace_id', '=', filter.workspaceId)
    .where('batch_id', '=', filter.batchId)
    .where('ordinal', '>', filter.after);
  if (filter.show === 'flagged') query = query.where(isFlagged);
  if (filter.show === 'undecided') {
    query = query.where('generated', '=', 'done').where('decision', 'is', null);
    if (!filter.reviewAll) query = query.where(isToSee);
  }
  if (filter.show === 'failed')
    query = query.where((or) => or.or([or('generated', '=', 'failed'), or('rendered', '=', 'failed')]));
  if (filter.show === 'repaired') query = query.where('repairs', '>', 0);
  if (filter.show === 'delivered') query = query.where('rendered', '=', 'done');
  if (filter.show === 'decided') query = query.where('decision', 'is not', null);
  if (filter.show === 'approved') query = query.where('decision', '=', 'approve');
  if (filter.show === 'refused') query = query.where('decision', '=', 'reject');
  if (filter.show === 'missing')
    query = query.where((or) =>
      or.or([or('generated', 'in', ['failed', 'skipped']), or('rendered', 'in', ['withheld', 'failed'])]),
    );
  if (filter.finding)
    query = query.where(sql<boolean>`findings @> ${JSON.stringify([{ code: filter.finding }])}::jsonb`);
  if (filter.q !== null) query = query.where(sql<boolean>`starts_with(key, ${filter.q})`);
  return query
    .orderBy('ordinal')
    .limit(filter.limit + 1)
    .execute();
}

/** Flagged documents have findings: with that condition as well, the query reads only their index. */
const isFlagged = sql<boolean>`(is_flagged and findings <> '[]')`;

const isToSee = sql<boolean>`((is_flagged and findings <> '[]') or open_draft is not null)`;

/** One document; undefined where the workspace has none with that id. */
export function findDocument(tx: Tx, workspaceId: string, id: string): Promise<DocumentRow | undefined> {
  return kysely(tx)
    .selectFrom('document')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Writes what a person decided about a document that is not rendered yet and not being changed; nulls take it back. @returns whether it was written */
export async function decideDocument(
  tx: Tx,
  document: DocumentRow,
  decision: { decision: 'approve' | 'reject' | null; decidedBy: string | null },
): Promise<boolean> {
  const result = await kysely(tx)
    .updateTable('document')
    .set({
      decision: decision.decision,
      decided_by: decision.decidedBy,
      decided_at: decision.decision === null ? null : sql<Date>`now()`,
    })
    .where('workspace_id', '=', document.workspace_id)
    .where('id', '=', document.id)
    .where('rendered', '=', 'pending')
    .where('open_draft', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The documents before and after one among those without a decision; null where there is none. */
export async function undecidedBeside(
  tx: Tx,
  document: DocumentRow,
  reviewAll: boolean,
): Promise<{ previousId: string | null; nextId: string | null }> {
  const undecided = kysely(tx)
    .selectFrom('document')
    .select('id')
    .where('workspace_id', '=', document.workspace_id)
    .where('batch_id', '=', document.batch_id)
    .where('generated', '=', 'done')
    .where('decision', 'is', null)
    .$if(!reviewAll, (query) => query.where(isToSee))
    .limit(1);
  const before = await undecided.where('ordinal', '<', document.ordinal).orderBy('ordinal', 'desc').executeTakeFirst();
  const after = await undecided.where('ordinal', '>', document.ordinal).orderBy('ordinal').executeTakeFirst();
  return { previousId: before?.id ?? null, nextId: after?.id ?? null };
}
