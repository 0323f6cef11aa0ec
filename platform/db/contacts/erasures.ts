import { sql, type Selectable } from 'kysely';
import type { ErasedPerson } from '../../../domain/documents/erased.ts';
import { recordAudit } from '../access/audit.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { hasCome } from '../core/instants.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { keepIncidents } from '../runs/incidents.ts';
import type { Database } from '../tables/tables.ts';
import type { ContactRow } from './contacts.ts';
import { aliasesOf } from './aliases.ts';
import { formerAddresses } from './former-addresses.ts';

/**
 * An erasure's row. Batches are gone through behind the answer, one family (a file of rows with all batches that make them) after the other. Each
 * step may be repeated: the counters are written with what they count. One pass at a time works at an erasure.
 */
export type ErasureRow = Selectable<Database['erasure']>;

/** One that is not over yet, held by a pass. */
export type OpenErasure = ErasureRow & { person: ErasedPerson; holder: string };

/** Asks that batches forget a locked contact who is erased in this transaction. */
export async function askErasure(tx: Tx, contact: ContactRow): Promise<void> {
  const { workspace_id: workspaceId, id, email, external_id: externalId } = contact;
  const { rows } = await sql`
    select from contact where workspace_id = ${workspaceId} and id <> ${id}
      and lower(email) collate "C" = ${email?.toLowerCase() ?? null} limit 1`.execute(kysely(tx));
  const former = await formerAddresses(tx, contact);
  const aliases = (await aliasesOf(tx, workspaceId, [id])).get(id)?.map((alias) => alias.externalId) ?? [];
  const person: ErasedPerson = { email, externalId, isShared: rows.length > 0, former, aliases };
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

/** How long a pass is believed to work at an erasure without saying so. */
const leaseSeconds = 180;
const leaseEnd = sql`now() + make_interval(secs => ${sql.lit(leaseSeconds)})`;
/** The longest pause after a pass that has failed. */
const pauseSeconds = 3_600;
/** So many passes in a row fail before a person has to know. */
const patience = 3;

/** Takes the erasure that has waited longest, of those that are not over and not among `seen`. `db` is the system role's. */
export async function holdErasure(db: Db, seen: readonly string[]): Promise<OpenErasure | null> {
  const { rows } = await sql<OpenErasure>`
    update erasure set holder = uuidv7(), held_until = ${leaseEnd} where (workspace_id, id) in (
      select workspace_id, id from erasure
      where ended_at is null and person is not null and id <> all(${seen}::uuid[]) and ${hasCome('next_at', pauseSeconds)}
        and (holder is null or ${hasCome('held_until', leaseSeconds)})
      order by next_at, id limit 1 for update skip locked)
    returning *`.execute(kysely(db));
  return rows[0] ?? null;
}

/** Goes on holding an erasure. @returns false where another pass has it now: this one is to stop */
export async function keepErasure(db: Db, { workspace_id: workspaceId, id, holder }: OpenErasure): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update erasure set held_until = ${leaseEnd} where workspace_id = ${workspaceId} and id = ${id} and holder = ${holder}`.execute(
    kysely(db),
  );
  return numAffectedRows > 0n;
}

/** Lets go of an erasure; after a pass that has failed nobody looks at it for a while, which grows with each. */
export async function leaveErasure(
  db: Db,
  { workspace_id: workspaceId, id, holder }: OpenErasure,
  hasFailed: boolean,
): Promise<void> {
  await sql`
    update erasure set holder = null, held_until = null, tries = case when ${hasFailed} then tries + 1 else 0 end,
      next_at = now() + case when ${hasFailed} then make_interval(secs => least(${sql.lit(pauseSeconds)}, 10 * 2 ^ least(tries, 10))) else interval '0' end
    where workspace_id = ${workspaceId} and id = ${id} and holder = ${holder}`.execute(kysely(db));
}

/** Keeps one incident in each workspace where erasures fail again and again. */
export async function reportErasures(db: Db): Promise<void> {
  const { rows } = await sql<{ workspaceId: string; erasures: number }>`
    select workspace_id as "workspaceId", count(*)::int as erasures from erasure
    where ended_at is null and tries >= ${sql.lit(patience)} group by workspace_id`.execute(kysely(db));
  const found = rows.map(({ workspaceId, erasures }) => ({
    workspaceId,
    message: `${erasures === 1 ? 'An erasure does' : `${erasures} erasures do`} not get through the batches: the workers log why. It is tried again by itself, each hour at least.`,
    detail: { erasures },
    size: erasures,
  }));
  await keepIncidents(db, 'erasure.fails', found);
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

/** Forgets a key under which it has written, as nothing is there any more. */
export async function forgetWriting(db: Db, { workspace_id: workspaceId, id }: ErasureRow, key: string): Promise<void> {
  await sql`update erasure set written = array_remove(written, ${key}) where workspace_id = ${workspaceId} and id = ${id}`.execute(
    kysely(db),
  );
}

/** The keys of these batches, and of uploads, that nothing points to any more. A batch that makes rows again reads the file of the first one. */
export async function objectsToDelete(
  db: Db,
  { workspace_id: workspaceId, id }: ErasureRow,
  batches: readonly string[],
): Promise<string[]> {
  const folders = [`${workspaceId}/uploads/`, ...batches.map((batch) => `${workspaceId}/batches/${batch}/`)];
  const { rows } = await sql<{ key: string }>`
    select distinct key from erasure e, unnest(e.objects) key where e.workspace_id = ${workspaceId} and e.id = ${id}
      and exists (select from unnest(${folders}::text[]) folder where starts_with(key, folder))
      and not exists (select from batch b where b.workspace_id = ${workspaceId} and b.id = any(${batches}::uuid[])
        and (key = b.archive_key or key = b.rows_key and b.again_of is null))`.execute(kysely(db));
  return rows.map(({ key }) => key);
}

/** Forgets keys that have been deleted and that nobody writes under any more. */
export async function forgetObjects(
  db: Db,
  { workspace_id: workspaceId, id }: ErasureRow,
  keys: readonly string[],
): Promise<void> {
  await sql`
    update erasure set objects = array(select key from unnest(objects) key where key <> all(${keys}::text[]))
    where workspace_id = ${workspaceId} and id = ${id}`.execute(kysely(db));
}

/** Has no batch point to a key from now on under which it has written and to which none points. @returns all keys that nothing points to */
export async function objectsAtEnd(db: Db, { workspace_id: workspaceId, id }: ErasureRow): Promise<string[]> {
  const { rows } = await sql<{ objects: string[] }>`
    with pointed as (
      select rows_key as key from batch where workspace_id = ${workspaceId} and again_of is null
      union all select archive_key from batch where workspace_id = ${workspaceId} and archive_key is not null)
    update erasure set written = '{}', objects = array(
      select key from unnest(objects || written) key where key not in (select key from pointed))
    where workspace_id = ${workspaceId} and id = ${id} and ended_at is null and pending = '{}' returning objects`.execute(
    kysely(db),
  );
  return rows[0]?.objects ?? [];
}

/** Ends an erasure that has been through all batches: whom it looked for is forgotten, what it did is in the audit log. @returns whether it ended now */
export function endErasure(db: Db, { workspace_id: workspaceId, id }: ErasureRow): Promise<boolean> {
  return inWorkspace(db, workspaceId, async (tx) => {
    const { rows } = await sql<ErasureRow>`
      update erasure set ended_at = now(), person = null, objects = '{}', written = '{}', holder = null, held_until = null
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
