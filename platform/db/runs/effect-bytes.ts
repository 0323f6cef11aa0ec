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
 * instant loses no bytes and leaves no object that nobody knows of. `check_at` says when to look whether an effect still
 * has the key. What writes or deletes an object holds the lock of its row meanwhile: an effect that comes to the same
 * hash waits, and finds the object or writes it again.
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

/** Moves the bytes of settled effects into the store. `db` is the system role's. @returns how many effects it moved */
export async function moveEffectBytes(db: Db, objects: ObjectStore): Promise<number> {
  const { rows } = await sql<Settled>`
    select workspace_id as "workspaceId", id, frozen from effect where ${settled} limit ${batch}`.execute(kysely(db));
  if (rows.length === 0) return 0;
  const found = rows.map((row): Stored => {
    const hash = createHash('sha256').update(row.frozen).digest('hex');
    return { ...row, hash, key: objectKey(row.workspaceId, hash) };
  });
  // In its own transaction: the row must outlive a crash after the object was written. It is looked at in an hour if nobody used it.
  await sql`
    insert into effect_object (workspace_id, hash, size, check_at)
    select distinct o."workspaceId", o.hash, o.size, now() + interval '1 hour' from ${asRows(found)} order by 1, 2
    on conflict (workspace_id, hash) do nothing`.execute(kysely(db));
  return inTransaction(db, (tx) => store(tx, objects, found));
}

async function store(tx: Tx, objects: ObjectStore, found: Stored[]): Promise<number> {
  const effects = await sql<{ id: string }>`
    select id from effect where ${settled} and (workspace_id, id) in (select o."workspaceId", o.id from ${asRows(found)})
    for no key update skip locked`.execute(kysely(tx));
  const locked = await sql<{ workspaceId: string; hash: string }>`
    select workspace_id as "workspaceId", hash from effect_object
    where (workspace_id, hash) in (select o."workspaceId", o.hash from ${asRows(found)})
    order by workspace_id, hash for update`.execute(kysely(tx));
  const ids = new Set(effects.rows.map(({ id }) => id));
  const keys = new Set(locked.rows.map(({ workspaceId, hash }) => objectKey(workspaceId, hash)));
  const mine = found.filter(({ id, key }) => ids.has(id) && keys.has(key));
  const contents = new Map(mine.map(({ key, frozen }) => [key, frozen]));
  await Promise.all([...contents].map(([key, content]) => objects.put(key, content)));
  const moved = asRows(mine);
  await sql`
    update effect e set frozen = null, frozen_size = o.size, frozen_hash = o.hash, frozen_key = o.key
    from ${moved} where e.workspace_id = o."workspaceId" and e.id = o.id`.execute(kysely(tx));
  await sql`
    update effect_object e set check_at = null from ${moved} where e.workspace_id = o."workspaceId" and e.hash = o.hash`.execute(
    kysely(tx),
  );
  return mine.length;
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

/** Forgets the bytes of the effects that `which` names, their size and hash too. The objects go with the next pass. */
export async function forgetEffectBytes(tx: Tx, which: RawBuilder<unknown>): Promise<void> {
  const { rows } = await sql<Hashed>`
    update effect set frozen = null, frozen_size = null, frozen_hash = null, frozen_key = null
    where ${which} and (frozen is not null or frozen_hash is not null)
    returning workspace_id as "workspaceId", old.frozen_hash as hash`.execute(kysely(tx));
  await checkObjects(tx, rows);
}

type Hashed = { workspaceId: string; hash: string | null };
type Loose = { workspaceId: string; hash: string };

const keyOf = ({ workspaceId, hash }: Loose): string => objectKey(workspaceId, hash);

/** Objects as rows `o`. */
function asHashes(hashes: Hashed[]): RawBuilder<unknown> {
  return sql`jsonb_to_recordset(${JSON.stringify(hashes)}::jsonb) as o("workspaceId" uuid, hash text)`;
}

async function checkObjects(tx: Tx, hashes: Hashed[]): Promise<void> {
  if (hashes.length === 0) return;
  await sql`
    update effect_object set check_at = now() where (workspace_id, hash) in (
      select workspace_id, hash from effect_object
      where (workspace_id, hash) in (select o."workspaceId", o.hash from ${asHashes(hashes)})
      order by workspace_id, hash for update)`.execute(kysely(tx));
}

/**
 * Deletes the objects that no effect has the key of any more. `db` is the system role's. One that cannot be deleted is tried again in an
 * hour, and holds up no other. @returns how many it looked at @throws the store's error for the first that stays, after all others
 */
export async function removeLooseObjects(db: Db, objects: ObjectStore): Promise<number> {
  const { count, faults } = await inTransaction(db, async (tx) => {
    const { rows } = await sql<Loose>`
      select workspace_id as "workspaceId", hash from effect_object where check_at <= now()
      order by check_at limit ${batch} for update skip locked`.execute(kysely(tx));
    if (rows.length === 0) return { count: 0, faults: [] };
    // A statement of its own sees what was committed before the lock was had.
    const used = await sql<Loose>`
      update effect_object e set check_at = null from ${asHashes(rows)} where e.workspace_id = o."workspaceId" and e.hash = o.hash
        and exists (select from effect f where f.workspace_id = e.workspace_id and f.frozen_hash = e.hash and f.frozen_key is not null)
      returning e.workspace_id as "workspaceId", e.hash`.execute(kysely(tx));
    const kept = new Set(used.rows.map(keyOf));
    const loose = rows.filter((row) => !kept.has(keyOf(row)));
    const faults: unknown[] = [];
    const stay = new Set<Loose>();
    const remove = (row: Loose): Promise<void> =>
      objects.delete(keyOf(row)).catch((error: unknown) => {
        faults.push(error);
        stay.add(row);
      });
    await Promise.all(loose.map(remove));
    await sql`
      delete from effect_object e using ${asHashes(loose.filter((row) => !stay.has(row)))} where e.workspace_id = o."workspaceId" and e.hash = o.hash`.execute(
      kysely(tx),
    );
    await sql`
      update effect_object e set check_at = now() + interval '1 hour' from ${asHashes([...stay])}
      where e.workspace_id = o."workspaceId" and e.hash = o.hash`.execute(kysely(tx));
    return { count: rows.length, faults };
  });
  if (faults.length > 0) throw faults[0];
  return count;
}
