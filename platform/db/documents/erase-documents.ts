import { sql } from 'kysely';
import type { BatchOptions } from '../../../contracts/documents/batch.schema.ts';
import {
  addressesOf,
  erasedError,
  erasedKey,
  type ErasedPerson,
  idsOf,
  ownerOf,
} from '../../../domain/documents/erased.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { type BatchRecord, familyOf } from './batches.ts';
import type { DocumentRow } from './documents.ts';

/** Whom an erasure that is not over looks for. */
type Erasure = { workspace_id: string; id: string; person: ErasedPerson };

/** A batch of a family; `isLive`: it goes on, as neither a stage has ended it nor was its run terminated. */
export type FamilyBatch = BatchRecord & { isLive: boolean };

/** All batches of the file of rows of `root`, locked until the end of the transaction, the first one first. */
export async function lockFamily(tx: Tx, { workspace_id: workspaceId }: Erasure, root: string): Promise<FamilyBatch[]> {
  const family = await familyOf(tx, { workspace_id: workspaceId, id: root });
  if (family.length === 0) return [];
  const live = new Set(family.filter(({ isLive }) => isLive).map(({ id }) => id));
  const rows = await kysely(tx)
    .selectFrom('batch')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where(
      'id',
      'in',
      family.map(({ id }) => id),
    )
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return rows
    .map((row) => ({ ...row, isLive: row.ended_at === null && live.has(row.id) }))
    .toSorted((a, b) => Number(a.again_of !== null) - Number(b.again_of !== null));
}

/** Documents looked through in one statement, which has seconds on a busy machine. */
const pageRows = 5_000;

/** What was found in a batch: the person's documents, how many of others name them, and those that do where there is no column of addresses. */
export type FoundDocuments = { ids: string[]; others: number; named: { id: string; line: number }[] };

/** Looks through all documents of a batch, page by page, each in a transaction of `within`; `lines` are the person's in the file of rows. */
export async function findDocuments(
  within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  erasure: Erasure,
  { batch, lines }: { batch: BatchRecord; lines: ReadonlySet<number> },
): Promise<FoundDocuments> {
  const own = sql`workspace_id = ${batch.workspace_id} and batch_id = ${batch.id}`;
  const { person } = erasure;
  const { columns } = batch.options as BatchOptions;
  const found: FoundDocuments = { ids: [], others: 0, named: [] };
  const last = await within((tx) =>
    sql<{ last: number | null }>`select max(ordinal) as last from document where ${own}`.execute(kysely(tx)),
  );
  for (let from = 1; from <= (last.rows[0]?.last ?? 0); from += pageRows) {
    const { rows } = await within((tx) =>
      sql<Pick<DocumentRow, 'id' | 'line' | 'key' | 'email' | 'values'>>`
        select id, line, key, email, "values" from document where ${own} and ordinal between ${from} and ${from + pageRows - 1} and erased_by is null
          and (line in (select unnest(${[...lines]}::int[])) or key = any(${idsOf(person)}::text[])
            or exists (select from unnest(${addressesOf(person)}::text[]) address
              where strpos(lower(key || ' ' || coalesce(email, '') || ' ' || "values"::text), address) > 0))`.execute(
        kysely(tx),
      ),
    );
    for (const row of rows) {
      const values = Object.values(row.values) as string[];
      const email = row.email ?? (columns.email === undefined ? null : '');
      const owner = lines.has(row.line) ? 'person' : ownerOf({ key: row.key, email, values }, person);
      if (owner === 'person') found.ids.push(row.id);
      else if (owner === 'named') found.named.push(row);
      else if (owner === 'other') found.others += 1;
    }
  }
  return found;
}

/**
 * Empties documents of a person, and their refused rows at `lines` of the file. What stays says that there was one and how it ended, so that all
 * counts are as before; one that is not over is taken out. `filesOf` names the files that a document has, or may get from who is making
 * them now. The batches are not locked: checkpoints lock documents first.
 */
export async function emptyDocuments(
  tx: Tx,
  erasure: Erasure,
  {
    batches,
    documents,
    lines,
    filesOf,
  }: {
    batches: BatchRecord[];
    documents: string[];
    lines: number[];
    filesOf(batch: BatchRecord, document: DocumentRow): string[];
  },
): Promise<void> {
  const { workspace_id: workspaceId, id } = erasure;
  const byId = new Map(batches.map((batch) => [batch.id, batch]));
  // Drafts before documents, as those do who make them.
  await sql`
    select from document_draft where workspace_id = ${workspaceId} and document_id = any(${documents}::uuid[])
    order by document_id, number for no key update`.execute(kysely(tx));
  const { rows: own } = await sql<DocumentRow>`
    select * from document where workspace_id = ${workspaceId} and id = any(${documents}::uuid[]) and erased_by is null
    order by batch_id, ordinal for no key update`.execute(kysely(tx));
  const ids = own.map((document) => document.id);
  await sql`
    update document set key = ${erasedKey}, email = null, "values" = '{}', answers = null, findings = '[]', content_hash = null, files = null,
      error = ${JSON.stringify(erasedError)}::jsonb, open_draft = null, erased_by = ${id}, rev = rev + 1,
      generated = case when generated in ('pending', 'working') then 'skipped' else generated end,
      rendered = case when generated = 'done' and rendered in ('pending', 'working') then 'withheld' else rendered end,
      decision = case when rendered = 'done' then decision else 'reject' end,
      decided_by = case when rendered = 'done' then decided_by end
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`.execute(kysely(tx));
  await sql`
    update document_draft set note = null, answers = null, findings = '[]', content_hash = null, error = null,
      state = case when state in ('open', 'working') then 'dropped' else state end
    where workspace_id = ${workspaceId} and document_id = any(${ids}::uuid[])`.execute(kysely(tx));
  const refused = await sql`
    update batch_row_error set "column" = null, code = 'row.erased', message = ${erasedError.message}, erased_by = ${id}
    where workspace_id = ${workspaceId} and batch_id = any(${[...byId.keys()]}::uuid[]) and line = any(${lines}::int[]) and erased_by is null`.execute(
    kysely(tx),
  );
  const files = own.flatMap((document) => {
    const batch = byId.get(document.batch_id);
    return batch ? filesOf(batch, document) : [];
  });
  await sql`
    update erasure set documents = documents + ${own.length}, refused_rows = refused_rows + ${Number(refused.numAffectedRows ?? 0n)},
      objects = objects || ${files}::text[]
    where workspace_id = ${workspaceId} and id = ${id}`.execute(kysely(tx));
}

/** Which of these batches have something that the erasure has emptied. */
export async function batchesEmptiedBy(
  tx: Tx,
  { workspace_id: workspaceId, id }: Erasure,
  batches: readonly { id: string }[],
): Promise<Set<string>> {
  const ids = batches.map((batch) => batch.id);
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${ids}::uuid[]) asked (id) where
      exists (select from document d where d.workspace_id = ${workspaceId} and d.batch_id = asked.id and d.erased_by = ${id})
      or exists (select from batch_row_error e where e.workspace_id = ${workspaceId} and e.batch_id = asked.id and e.erased_by = ${id})`.execute(
    kysely(tx),
  );
  return new Set(rows.map((row) => row.id));
}

/** The two files of a batch that hold rows of many people. */
type Shared = { column: 'rows_key' | 'archive_key'; counter: 'uploads' | 'archives' };

/** The file that came with a batch. */
export const rowsFile: Shared = { column: 'rows_key', counter: 'uploads' };
/** The archive that a batch was packed into. */
export const archiveFile: Shared = { column: 'archive_key', counter: 'archives' };

/**
 * Has a locked batch point to the file that was written in the place of `before`, which goes.
 * @returns whether it did: another erasure may have come first, or this one is over
 */
export async function replaceFile(
  tx: Tx,
  { workspace_id: workspaceId, id }: Erasure,
  { batchId, file, before, after }: { batchId: string; file: Shared; before: string; after: string },
): Promise<boolean> {
  const column = sql.ref(file.column);
  const counter = sql.ref(file.counter);
  const held = await sql`
    update erasure set objects = array_append(objects, ${before}), ${counter} = ${counter} + 1
    where workspace_id = ${workspaceId} and id = ${id} and ended_at is null and ${after} = any(written)
      and exists (select from batch where workspace_id = ${workspaceId} and id = ${batchId} and ${column} = ${before})`.execute(
    kysely(tx),
  );
  if ((held.numAffectedRows ?? 0n) === 0n) return false;
  await sql`update batch set ${column} = ${after}, rev = rev + 1
    where workspace_id = ${workspaceId} and id = ${batchId} and ${column} = ${before}`.execute(kysely(tx));
  return true;
}
