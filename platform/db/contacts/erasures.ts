import { sql, type Selectable } from 'kysely';
import type { ErasedPerson } from '../../../domain/documents/erased.ts';
import { recordAudit } from '../access/audit.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import type { Database } from '../tables/tables.ts';
import type { ContactRow } from './contacts.ts';

/**
 * An erasure's row. Batches are gone through behind the answer, one family (a file of rows with all batches that make them) after the other. Each
 * step may be repeated, also by two processes at once: the counters are written with what they count.
 */
export type ErasureRow = Selectable<Database['erasure']>;

/** One that is not over yet. */
export type OpenErasure = ErasureRow & { person: ErasedPerson };

/** Asks that batches forget a locked contact who is erased in this transaction. */
export async function askErasure(tx: Tx, contact: ContactRow): Promise<void> {
  const { workspace_id: workspaceId, id, email, external_id: externalId } = contact;
  const { rows } = await sql`
    select from contact where workspace_id = ${workspaceId} and id <> ${id}
      and lower(email) collate "C" = ${email?.toLowerCase() ?? null} limit 1`.execute(kysely(tx));
  const person: ErasedPerson = { email, externalId, isShared: rows.length > 0 };
  await kysely(tx)
    .insertInto('erasure')
    .values({ workspace_id: workspaceId, contact_id: id, person: JSON.stringify(person) })
    .execute();
}

/** A page of erasures, newest first, below `before`; one more than `limit` shows that there is a next page. */
export function listErasures(
  tx: Tx,
  page: { workspaceId: string; before: string | null; limit: number },
): Promise<ErasureRow[]> {
  let query = kysely(tx).selectFrom('erasure').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** Erasures that are not over, those first that wait for no batch. `db` is the system role's. */
export async function openErasures(db: Db, limit: number): Promise<OpenErasure[]> {
  const { rows } = await sql<ErasureRow>`
    select * from erasure where ended_at is null order by pending <> '{}', id limit ${limit}`.execute(kysely(db));
  return rows.flatMap((row) => (row.person === null ? [] : [{ ...row, person: row.person }]));
}

/** The next first batches of families that an erasure has not come to. */
export async function nextFamilies(db: Db, erasure: ErasureRow, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from batch where workspace_id = ${erasure.workspace_id} and again_of is null
      and created_at <= (select asked_at from erasure e where e.workspace_id = ${erasure.workspace_id} and e.id = ${erasure.id})
      and (${erasure.cursor}::uuid is null or id > ${erasure.cursor}) order by id limit ${limit}`.execute(kysely(db));
  return rows.map(({ id }) => id);
}

/** Notes that an erasure has been through a family, and whether it has to come back. */
export async function passFamily(
  db: Db,
  erasure: ErasureRow,
  { root, isOver, others }: { root: string; isOver: boolean; others: number },
): Promise<void> {
  await sql`
    update erasure set cursor = greatest(cursor, ${root}::uuid), others = others + ${isOver ? others : 0},
      pending = case when ${isOver} then array_remove(pending, ${root}::uuid) else array_append(array_remove(pending, ${root}::uuid), ${root}::uuid) end
    where workspace_id = ${erasure.workspace_id} and id = ${erasure.id} and (cursor is null or cursor < ${root} or ${root}::uuid = any(pending))`.execute(
    kysely(db),
  );
}

/** Notes a key before a file is written under it, so that a crash leaves none that nobody knows of. */
export async function noteWriting(db: Db, { workspace_id: workspaceId, id }: ErasureRow, key: string): Promise<void> {
  await sql`update erasure set written = array_append(written, ${key}) where workspace_id = ${workspaceId} and id = ${id}`.execute(
    kysely(db),
  );
}

/** The keys that nothing points to any more. */
export async function objectsToDelete(db: Db, { workspace_id: workspaceId, id }: ErasureRow): Promise<string[]> {
  const row = await kysely(db)
    .selectFrom('erasure')
    .select('objects')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.objects ?? [];
}

/** The keys that it has written under and that no batch points to. */
export async function strayObjects(db: Db, { workspace_id: workspaceId, id }: ErasureRow): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from erasure e, unnest(e.written) key where e.workspace_id = ${workspaceId} and e.id = ${id}
      and not exists (select from batch b where b.workspace_id = e.workspace_id and key in (b.rows_key, b.archive_key))`.execute(
    kysely(db),
  );
  return rows.map(({ key }) => key);
}

/** Ends an erasure that has been through all batches: whom it looked for is forgotten, what it did is in the audit log. @returns whether it ended now */
export function endErasure(db: Db, { workspace_id: workspaceId, id }: ErasureRow): Promise<boolean> {
  return inWorkspace(db, workspaceId, async (tx) => {
    const { rows } = await sql<ErasureRow>`
      update erasure set ended_at = now(), person = null, objects = '{}', written = '{}'
      where workspace_id = ${workspaceId} and id = ${id} and ended_at is null and pending = '{}' returning *`.execute(
      kysely(tx),
    );
    const [ended] = rows;
    if (!ended) return false;
    const { contact_id: contactId, documents, refused_rows: refusedRows, uploads, archives, others } = ended;
    await recordAudit(tx, {
      workspaceId,
      actor: { kind: 'system', id: null },
      act: 'contact.erasureEnded',
      subject: { kind: 'contact', id: contactId },
      detail: { documents, refusedRows, uploads, archives, others },
    });
    return true;
  });
}
