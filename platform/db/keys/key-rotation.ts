import { sql } from 'kysely';
import { addressHash } from '../../keys/address-hash.ts';
import { type MasterKeys, masterKey } from '../../keys/master-keys.ts';
import { seal, SealError, unseal, type Sealed } from '../../keys/seal.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction } from '../core/workspace.ts';
import { keptKey } from './master-keys.ts';

/** Rows of one transaction: some tens of milliseconds, so that nobody waits behind it. */
const [secretsAtOnce, contactsAtOnce] = [100, 1_000];

/**
 * What a rotation has done; `left` are opt-outs of addresses that no contact has any more, which stay under the key that made them, and
 * `locked` the secrets, by workspace and name, that cannot be opened and stay as they are.
 */
export type Rotation = { secrets: number; optOuts: number; left: number; locked: string[] };

/**
 * Brings everything stored under the current key: keeps the others sealed by it, seals secrets anew, and hashes opt-outs and mailed addresses anew as far as a
 * contact still has the address. Each step is a small transaction and finds only what is left to do, so it may be ended at any time and run
 * again. `db` is the system role's; `tell` gets a line now and then.
 */
export async function rotateStored(db: Db, keys: MasterKeys, tell: (line: string) => void): Promise<Rotation> {
  await keepOldKeys(db, keys);
  const locked: string[] = [];
  const secrets = await countAll<Place>(
    (at) => resealSecrets(db, keys, at, locked),
    (count) => tell(`${count} secrets are sealed anew`),
  );
  const optOuts = (await hasOldHashes(db, keys)) ? await rehashOptOuts(db, keys, tell) : 0;
  if (keys.all.length > 1) await rehashMailed(db, keys, tell);
  return { secrets, optOuts, left: await countOldHashes(db, keys), locked };
}

/** The other keys are kept sealed by the current one, so that links and what cannot be hashed anew are read without them in the settings. */
async function keepOldKeys(db: Db, keys: MasterKeys): Promise<void> {
  for (const { id, text } of keys.all) {
    if (id === keys.current.id) continue;
    const { ciphertext, keyId } = seal(keys, keptKey(id), text);
    await sql`insert into master_key (id, ciphertext, sealed_by) values (${id}, ${ciphertext}, ${keyId})
      on conflict (id) do update set ciphertext = excluded.ciphertext, sealed_by = excluded.sealed_by
      where master_key.sealed_by is distinct from excluded.sealed_by`.execute(kysely(db));
  }
  // A key that is in use again needs no seal, which one that goes would have to open.
  await sql`update master_key set ciphertext = null, sealed_by = null where id = ${keys.current.id} and sealed_by is not null`.execute(
    kysely(db),
  );
}

/** Does `step` from where the one before ended until one says that there is no more. @returns the sum of what they did */
async function countAll<At>(
  step: (at: At | null) => Promise<{ done: number; next: At | null }>,
  tell: (done: number) => void,
): Promise<number> {
  let done = 0;
  let at: At | null = null;
  do {
    const made: { done: number; next: At | null } = await step(at);
    done += made.done;
    at = made.next;
    if (made.done > 0) tell(done);
  } while (at !== null);
  return done;
}

type Place = { workspaceId: string; key: string };
const first = { workspaceId: '00000000-0000-0000-0000-000000000000', key: '' };

async function resealSecrets(
  db: Db,
  keys: MasterKeys,
  at: Place | null,
  locked: string[],
): Promise<{ done: number; next: Place | null }> {
  const after = at ?? first;
  const lockedNow: string[] = [];
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ workspaceId: string; name: string; ciphertext: Buffer; keyId: string }>`
      select workspace_id as "workspaceId", name, ciphertext, key_id as "keyId" from secret
      where key_id <> ${keys.current.id} and (workspace_id, name) > (${after.workspaceId}::uuid, ${after.key})
      order by workspace_id, name limit ${sql.lit(secretsAtOnce)} for update`.execute(kysely(tx));
    for (const { workspaceId, name, ...sealed } of rows) {
      const place = [workspaceId, name];
      const text = textOf(keys, place, sealed);
      if (text === null) {
        lockedNow.push(place.join(' '));
        continue;
      }
      const { ciphertext, keyId } = seal(keys, place, text);
      await sql`update secret set ciphertext = ${ciphertext}, key_id = ${keyId}
        where workspace_id = ${workspaceId} and name = ${name}`.execute(kysely(tx));
    }
    const last = rows.at(-1);
    const next = rows.length < secretsAtOnce || !last ? null : { workspaceId: last.workspaceId, key: last.name };
    return { done: rows.length - lockedNow.length, next };
  }).then((made) => {
    locked.push(...lockedNow);
    return made;
  });
}

/** The text of a secret; null where it cannot be opened: one odd row is no reason to leave all others under the old key. */
function textOf(keys: MasterKeys, place: string[], sealed: Sealed): string | null {
  try {
    return unseal(keys, place, sealed);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

async function rehashOptOuts(db: Db, keys: MasterKeys, tell: (line: string) => void): Promise<number> {
  let seen = 0;
  return countAll<Place>(
    async (at) => {
      const after = at ?? { ...first, key: first.workspaceId };
      const { rows } = await sql<{ workspaceId: string; id: string; email: string | null }>`
        select workspace_id as "workspaceId", id, email from contact
        where (workspace_id, id) > (${after.workspaceId}::uuid, ${after.key}::uuid)
        order by workspace_id, id limit ${sql.lit(contactsAtOnce)}`.execute(kysely(db));
      const done = await rehash(db, keys, rows);
      seen += rows.length;
      const last = rows.at(-1);
      const next = rows.length < contactsAtOnce || !last ? null : { workspaceId: last.workspaceId, key: last.id };
      return { done, next };
    },
    (done) => tell(`${done} opt-outs are hashed anew, ${seen} contacts are looked at`),
  );
}

/** Moves the opt-outs of these contacts’ addresses under the current key. @returns how many were moved */
async function rehash(
  db: Db,
  keys: MasterKeys,
  contacts: readonly { workspaceId: string; email: string | null }[],
): Promise<number> {
  const pairs = contacts.flatMap(({ workspaceId, email }) =>
    email === null
      ? []
      : keys.all.map((key) => ({
          workspaceId,
          from: addressHash(key, workspaceId, email),
          to: addressHash(keys.current, workspaceId, email),
        })),
  );
  const column = (name: 'workspaceId' | 'from' | 'to'): string[] => pairs.map((pair) => pair[name]);
  const { rows } = await sql`
    with pair as (
      select distinct * from unnest(${column('workspaceId')}::uuid[], ${column('from')}::text[], ${column('to')}::text[])
        as p (workspace_id, old_hash, new_hash)
    ), taken as (
      delete from suppression s using pair p where s.workspace_id = p.workspace_id and s.address_hash = p.old_hash
        and s.address_hash <> p.new_hash
      returning s.workspace_id, s.channel, p.new_hash, s.reason, s.at, s.detail, s.more
    ), marked as (
      update suppression s set key_id = ${keys.current.id} from pair p where s.workspace_id = p.workspace_id
        and s.address_hash = p.new_hash and s.key_id is distinct from ${keys.current.id}
      returning 1
    )
    insert into suppression (workspace_id, channel, address_hash, reason, at, detail, more, key_id)
    select distinct on (workspace_id, channel, new_hash) workspace_id, channel, new_hash, reason, at, detail, more, ${keys.current.id} from taken
    order by workspace_id, channel, new_hash, at
    on conflict do nothing returning 1`.execute(kysely(db));
  return rows.length;
}

/** A row of the addresses that a step has mailed, by its key. */
type Mailed = { workspaceId: string; versionId: string; step: string; hash: string };

/** Hashes anew which addresses a step has mailed, as far as the contact of the run still has that address. Others are read by the keys of before. */
async function rehashMailed(db: Db, keys: MasterKeys, tell: (line: string) => void): Promise<void> {
  await countAll<Mailed>(
    async (after) => {
      const { rows } = await sql<Mailed & { email: string | null }>`
        select m.workspace_id as "workspaceId", m.version_id as "versionId", m.step, m.address_hash as hash, c.email from mailed_address m
        left join run r on r.workspace_id = m.workspace_id and r.id = m.run_id
        left join contact c on c.workspace_id = r.workspace_id and c.id = r.contact_id
        where ${after === null ? sql`true` : sql`(m.workspace_id, m.version_id, m.step, m.address_hash) > (${after.workspaceId}::uuid, ${after.versionId}::uuid, ${after.step}, ${after.hash})`}
        order by m.workspace_id, m.version_id, m.step, m.address_hash limit ${sql.lit(contactsAtOnce)}`.execute(
        kysely(db),
      );
      const old = rows.flatMap(({ email, ...row }) => {
        if (email === null) return [];
        const isOld = keys.all.some(
          (key) => key !== keys.current && addressHash(key, row.workspaceId, email) === row.hash,
        );
        return isOld ? [{ ...row, now: addressHash(keys.current, row.workspaceId, email) }] : [];
      });
      for (const { workspaceId, versionId, step, hash, now } of old)
        await sql`update mailed_address m set address_hash = ${now}
          where workspace_id = ${workspaceId} and version_id = ${versionId} and step = ${step} and address_hash = ${hash}
            and not exists (select from mailed_address o where o.workspace_id = m.workspace_id and o.version_id = m.version_id
              and o.step = m.step and o.address_hash = ${now})`.execute(kysely(db));
      return { done: old.length, next: rows.length < contactsAtOnce ? null : (rows.at(-1) ?? null) };
    },
    (count) => tell(`${count} addresses that were mailed are hashed anew`),
  );
}

async function hasOldHashes(db: Db, keys: MasterKeys): Promise<boolean> {
  return (await countOldHashes(db, keys)) > 0;
}

async function countOldHashes(db: Db, keys: MasterKeys): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from suppression where key_id is distinct from ${keys.current.id}`.execute(
    kysely(db),
  );
  return rows[0]?.count ?? 0;
}

/**
 * What a key that is not in the settings is still needed for: stored secrets, and opt-outs that only it can tell. Opt-outs that note no key,
 * as code of before wrote them, may be of each, so they count for each.
 */
export type KeyUse = { id: string; secrets: number; optOuts: number };

/** The uses of the keys of before that the database knows, apart from those with these texts. */
export async function usesOfOldKeys(db: Db, given: readonly string[]): Promise<KeyUse[]> {
  const ids = given.map((text) => masterKey(text).id);
  const { rows } = await sql<KeyUse>`
    select k.id, (select count(*)::int from secret s where s.key_id = k.id) as secrets,
      (select count(*)::int from suppression o where o.key_id = k.id or o.key_id is null) as "optOuts"
    from master_key k where k.id <> all(${ids}::text[]) order by k.noted_at, k.id`.execute(kysely(db));
  return rows;
}

/**
 * Forgets a key of before for good: the secrets that only it opens are deleted, each with a line in its workspace's audit log, links that it signed end, and opt-outs under it are known no
 * more. Repeatable.
 */
export async function forgetKey(db: Db, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`with gone as (delete from secret where key_id = ${id} returning workspace_id, name)
      insert into audit_entry (workspace_id, actor_kind, act, subject_kind, subject_id, detail)
      select workspace_id, 'system', 'secret.deleted', 'secret', name, jsonb_build_object('forgottenKey', ${id}::text)
      from gone`.execute(kysely(tx));
    await sql`delete from suppression where key_id = ${id}`.execute(kysely(tx));
    await sql`delete from master_key where id = ${id}`.execute(kysely(tx));
  });
}
