import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { ObjectStore } from '../../objects/file-store.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';

/**
 * What becomes of an effect's bytes (a mail, as it was handed over).
 *
 * While the effect is not over they are in its row: the next attempt sends the same ones. An `unknown` effect counts as not over, so that
 * the person who settles it finds the mail, whenever that is. Once the effect is `done`, `rejected`, `suppressed` or `resolved`, nobody
 * sends them again: they move to the object store, one object a hash and workspace, and the row keeps size, hash and key. When the time
 * that the settings give is over, or the contact is erased, the row loses its key, and the object goes when no row has its key any more.
 *
 * `effect_object` has a row for each object from before the object is written until after it is deleted, so a crash at any
 * instant loses no bytes and leaves no object that nobody knows of. `check_at` is null while an effect has the key; else it says when to
 * look whether the object is loose. Who writes an object puts that off first, to when the writing is surely over; who deletes one says so in
 * `deleting_at`, and from then on no effect gets the key until object and row are gone. The store is called between the transactions, never
 * inside one: a slow store holds no lock and no connection.
 */
const settled = sql`frozen is not null and state in ('done', 'rejected', 'suppressed', 'resolved')`;

/** When an effect was over: what the time in the settings counts from. */
const over = sql`coalesce(settled_at, planned_at)`;

/** Effects that one pass takes; a mail may have some hundred kB. */
const batch = 20;
/** Effects whose bytes one pass deletes. */
const expiring = 500;

type Settled = { workspaceId: string; id: string; frozen: Buffer };
type Stored = Settled & { hash: string; key: string };

/** How long a call of the store may take: a mail of some MB on a poor line. */
const callMs = 60_000;
/** How long nobody looks for an object that is being written: its call and the transaction after it are over by then. */
const writing = sql`interval '2 minutes'`;
/** When to try again what could not be deleted. */
const again = sql`interval '1 hour'`;

/**
 * Moves the bytes of settled effects into the store. `db` is the system role's. An object that cannot be written holds up no other.
 * @returns how many effects it moved @throws the store's error for the first that could not be written, after all others
 */
export async function moveEffectBytes(db: Db, objects: ObjectStore): Promise<number> {
  const { rows } = await sql<Settled>`
    select workspace_id as "workspaceId", id, frozen from effect where ${settled} limit ${batch}`.execute(kysely(db));
  if (rows.length === 0) return 0;
  const found = rows.map((row): Stored => {
    const hash = createHash('sha256').update(row.frozen).digest('hex');
    return { ...row, hash, key: objectKey(row.workspaceId, hash) };
  });
  const mine = new Set((await beginWriting(db, found)).map(keyOf));
  const contents = new Map(found.map((one) => [one.key, one]));
  const toWrite = [...contents.values()].filter(({ key }) => mine.has(key));
  const { done, refused, faults } = await forEach(toWrite, ({ key, frozen }) => objects.put(key, frozen));
  const moved = await inTransaction(db, (tx) => adopt(tx, found, done));
  await endWriting(db, refused);
  if (faults.length > 0) throw faults[0];
  return moved;
}

/** Makes sure that each object has its row. @returns those that this call is to write; others are there, or in other hands */
async function beginWriting(db: Db, found: Stored[]): Promise<Loose[]> {
  const { rows } = await sql<Loose>`
    insert into effect_object (workspace_id, hash, size, check_at)
    select distinct o."workspaceId", o.hash, o.size, now() + ${writing} from ${asRows(found)} order by 1, 2
    on conflict (workspace_id, hash) do update set check_at = excluded.check_at
      where effect_object.check_at <= now() and effect_object.deleting_at is null
    returning workspace_id as "workspaceId", hash`.execute(kysely(db));
  return rows;
}

/** Lets others look at objects that were not written. */
async function endWriting(db: Db, refused: Loose[]): Promise<void> {
  if (refused.length === 0) return;
  await sql`
    update effect_object e set check_at = now() from ${asHashes(refused)}
    where e.workspace_id = o."workspaceId" and e.hash = o.hash and e.check_at > now() and e.deleting_at is null`.execute(
    kysely(db),
  );
}

/** Gives effects the keys of their objects: of those that were `written` just now, and of those that another effect has the key of. */
async function adopt(tx: Tx, found: Stored[], written: Loose[]): Promise<number> {
  const effects = await sql<{ id: string }>`
    select id from effect where ${settled} and (workspace_id, id) in (select o."workspaceId", o.id from ${asRows(found)})
    for no key update skip locked`.execute(kysely(tx));
  const locked = await sql<Loose>`
    select workspace_id as "workspaceId", hash from effect_object
    where (workspace_id, hash) in (select o."workspaceId", o.hash from ${asRows(found)}) and deleting_at is null
      and (check_at is null or (workspace_id, hash) in (select o."workspaceId", o.hash from ${asHashes(written)}))
    order by workspace_id, hash for update`.execute(kysely(tx));
  const ids = new Set(effects.rows.map(({ id }) => id));
  const keys = new Set(locked.rows.map(keyOf));
  const moved = found.filter(({ id, key }) => ids.has(id) && keys.has(key));
  await sql`
    update effect e set frozen = null, frozen_size = o.size, frozen_hash = o.hash, frozen_key = o.key
    from ${asRows(moved)} where e.workspace_id = o."workspaceId" and e.id = o.id`.execute(kysely(tx));
  await sql`
    update effect_object e set check_at = null from ${asRows(moved)} where e.workspace_id = o."workspaceId" and e.hash = o.hash`.execute(
    kysely(tx),
  );
  return moved.length;
}

/** Calls the store for each at once. @returns those for which it worked, those that it refused, and the errors, also of calls without an answer */
async function forEach<T>(
  items: readonly T[],
  call: (item: T) => Promise<void>,
): Promise<{ done: T[]; refused: T[]; faults: unknown[] }> {
  const done: T[] = [];
  const refused: T[] = [];
  const faults: unknown[] = [];
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    faults.push(new Error(`The object store has not answered within ${callMs} ms`));
    late.resolve();
  }, callMs);
  const calls = items.map((item) =>
    call(item).then(
      () => done.push(item),
      (error: unknown) => {
        refused.push(item);
        faults.push(error);
      },
    ),
  );
  await Promise.race([Promise.all(calls), late.promise]);
  clearTimeout(timer);
  return { done: [...done], refused: [...refused], faults: [...faults] };
}

/** Where the store has the bytes with a hash. */
function objectKey(workspaceId: string, hash: string): string {
  return `${workspaceId}/effects/${hash}`;
}

/** The effects as rows `o`, without their bytes. */
function asRows(effects: Stored[]): RawBuilder<unknown> {
  const rows = effects.map(({ frozen, ...row }) => ({ ...row, size: frozen.length }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as o("workspaceId" uuid, id uuid, hash text, key text, size bigint)`;
}

/** Takes the key from effects that were over `hours` ago; bytes that had not moved yet go at once. @returns how many effects it was */
export async function expireEffectBytes(db: Db, hours: number): Promise<number> {
  const limit = sql`now() - make_interval(hours => ${hours})`;
  const dropped = await sql`
    update effect set frozen = null, frozen_size = octet_length(frozen), frozen_hash = encode(sha256(frozen), 'hex')
    where (workspace_id, id) in (select workspace_id, id from effect where ${settled} and ${over} < ${limit}
      limit ${expiring} for no key update skip locked)`.execute(kysely(db));
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<Hashed>`
      update effect set frozen_key = null
      where (workspace_id, id) in (select workspace_id, id from effect where frozen_key is not null and ${over} < ${limit}
        limit ${expiring} for no key update skip locked)
      returning workspace_id as "workspaceId", frozen_hash as hash`.execute(kysely(tx));
    await checkObjects(tx, rows);
    return rows.length + Number(dropped.numAffectedRows ?? 0n);
  });
}

/**
 * Forgets the bytes of the effects that `which` names, their size and hash too. The objects go with the next pass, also one that was just
 * written for bytes still in the row; one that is being written goes when that is surely over.
 */
export async function forgetEffectBytes(tx: Tx, which: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<Hashed>`
    update effect set frozen = null, frozen_size = null, frozen_hash = null, frozen_key = null
    where ${which} and (frozen is not null or frozen_hash is not null)
    returning workspace_id as "workspaceId", coalesce(old.frozen_hash, encode(sha256(old.frozen), 'hex')) as hash`.execute(
    kysely(tx),
  );
  await checkObjects(tx, rows);
}

type Hashed = { workspaceId: string; hash: string | null };
type Loose = { workspaceId: string; hash: string };

const keyOf = ({ workspaceId, hash }: Loose): string => objectKey(workspaceId, hash);

/** Objects as rows `o`. */
function asHashes(hashes: Hashed[]): RawBuilder<unknown> {
  const rows = hashes.map(({ workspaceId, hash }) => ({ workspaceId, hash }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as o("workspaceId" uuid, hash text)`;
}

async function checkObjects(tx: Tx, hashes: Hashed[]): Promise<void> {
  if (hashes.length === 0) return;
  await sql`
    update effect_object set check_at = greatest(check_at, now()) where (workspace_id, hash) in (
      select workspace_id, hash from effect_object
      where (workspace_id, hash) in (select o."workspaceId", o.hash from ${asHashes(hashes)})
      order by workspace_id, hash for update)`.execute(kysely(tx));
}

/**
 * Deletes the objects that no effect has the key of any more. `db` is the system role's. One that cannot be deleted is tried again in an
 * hour, and holds up no other. @returns how many it looked at @throws the store's error for the first that stays, after all others
 */
export async function removeLooseObjects(db: Db, objects: ObjectStore): Promise<number> {
  const { count, loose } = await inTransaction(db, beginDeleting);
  const { done, faults } = await forEach(loose, (row) => objects.delete(keyOf(row)));
  await sql`
    delete from effect_object e using ${asHashes(done)}
    where e.workspace_id = o."workspaceId" and e.hash = o.hash and e.deleting_at is not null`.execute(kysely(db));
  if (faults.length > 0) throw faults[0];
  return count;
}

/** Looks at objects that are due. @returns how many, and those that are to be deleted now, also what a process left that died at it */
async function beginDeleting(tx: Tx): Promise<{ count: number; loose: Loose[] }> {
  const { rows } = await sql<Loose>`
    select workspace_id as "workspaceId", hash from effect_object where check_at <= now()
    order by check_at limit ${batch} for update skip locked`.execute(kysely(tx));
  if (rows.length === 0) return { count: 0, loose: [] };
  // A statement of its own sees what was committed before the lock was had.
  await sql`
    update effect_object e set check_at = null from ${asHashes(rows)} where e.workspace_id = o."workspaceId" and e.hash = o.hash
      and exists (select from effect f where f.workspace_id = e.workspace_id and f.frozen_hash = e.hash and f.frozen_key is not null)`.execute(
    kysely(tx),
  );
  const loose = await sql<Loose>`
    update effect_object e set deleting_at = now(), check_at = now() + ${again} from ${asHashes(rows)}
    where e.workspace_id = o."workspaceId" and e.hash = o.hash and e.check_at is not null
    returning e.workspace_id as "workspaceId", e.hash`.execute(kysely(tx));
  return { count: rows.length, loose: loose.rows };
}
