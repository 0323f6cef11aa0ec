import { sql } from 'kysely';
import { seal, unseal, type Sealed } from '../../keys/seal.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { kysely } from '../core/kysely.ts';
import { bytesOf, instantOf, type Reading, readOne } from '../core/readings.ts';
import type { Tx } from '../core/workspace.ts';
import { type AuditEntry, recordAudit } from './audit.ts';

/** A secret of a workspace: `name` is dotted, its first part says what it is for (`crm.hubspot`, `model.gpt`). */
export type SecretPlace = { workspaceId: string; name: string };

/** Who sets or deletes a secret, for the audit log. */
export type SecretActor = Pick<AuditEntry, 'actor' | 'requestId'>;

/** What may be shown of a secret; `endsWith` has up to four characters, none where the value is so short that they would tell much. */
export type KnownSecret = { name: string; endsWith: string; setAt: Date; setBy: string | null };

/** A value shorter than this shows none of its characters. */
const shortest = 16;

/**
 * Stores the secret sealed, in the place of one that had the name, and records `secret.set`. The characters that are shown later are the last
 * ones of `shown`, the value itself unless that has several parts.
 */
export async function setSecret(
  tx: Tx,
  keys: MasterKeys,
  secret: SecretPlace & SecretActor & { value: string; shown?: string },
): Promise<void> {
  const { workspaceId, name, value, actor, shown = value } = secret;
  const { ciphertext, keyId } = seal(keys, [workspaceId, name], value);
  const set = {
    ciphertext,
    key_id: keyId,
    ends_with: lastOf(shown),
    set_by: actor.kind === 'member' ? actor.id : null,
    updated_at: new Date(),
  };
  await kysely(tx)
    .insertInto('secret')
    .values({ workspace_id: workspaceId, name, ...set })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'name']).doUpdateSet(set))
    .execute();
  await record(tx, 'secret.set', secret);
}

function lastOf(shown: string): string {
  return shown.length < shortest ? '' : shown.slice(-4);
}

/** Waits until no other transaction holds the secret, for ten seconds at most, and holds it until the end of this one. */
export async function holdSecret(tx: Tx, { workspaceId, name }: SecretPlace): Promise<void> {
  await sql`select set_config('lock_timeout', '10s', true), set_config('statement_timeout', '11s', true)`.execute(
    kysely(tx),
  );
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} ${name}`}, 7407))`.execute(kysely(tx));
}

/**
 * Seals what the outside service has given in the place of a secret's value: no act of a person, so who set it, when, and the audit log stay.
 * `change` says what the value becomes, and null where it stays.
 */
export async function changeSecret(
  tx: Tx,
  keys: MasterKeys,
  place: SecretPlace,
  change: (value: string) => { value: string; shown: string } | null,
): Promise<void> {
  const row = await sealedRow(tx, place).forNoKeyUpdate().executeTakeFirst();
  const changed = row && change(opened(keys, place, row));
  if (!changed) return;
  const { ciphertext, keyId } = seal(keys, [place.workspaceId, place.name], changed.value);
  await kysely(tx)
    .updateTable('secret')
    .set({ ciphertext, key_id: keyId, ends_with: lastOf(changed.shown) })
    .where('workspace_id', '=', place.workspaceId)
    .where('name', '=', place.name)
    .execute();
}

/** The value of a secret; null where there is none. @throws SealError where its key is not given any more, or the row was changed */
export async function openSecret(tx: Tx, keys: MasterKeys, place: SecretPlace): Promise<string | null> {
  const sealed = await readOne(tx, sealedSecret(place));
  return sealed && unsealed(keys, sealed);
}

/** A secret as it is stored, and when a person has set it. */
export type SealedSecret = SecretPlace & Sealed & { setAt: Date };

/** A secret as it is stored, to be opened by `unsealed`; null where there is none. */
export function sealedSecret({ workspaceId, name }: SecretPlace): Reading<SealedSecret | null> {
  return {
    query: sql`select ciphertext, key_id as "keyId", updated_at as "setAt" from secret where workspace_id = ${workspaceId} and name = ${name}`,
    from: ([row]) =>
      row
        ? {
            workspaceId,
            name,
            ciphertext: bytesOf(row['ciphertext']),
            keyId: String(row['keyId']),
            setAt: instantOf(row['setAt']),
          }
        : null,
  };
}

/** The value of a secret that was read. @throws SealError */
export function unsealed(keys: MasterKeys, sealed: SealedSecret): string {
  return opened(keys, sealed, sealed);
}

function sealedRow(tx: Tx, { workspaceId, name }: SecretPlace) {
  return kysely(tx)
    .selectFrom('secret')
    .select(['ciphertext', 'key_id as keyId', 'updated_at as setAt'])
    .where('workspace_id', '=', workspaceId)
    .where('name', '=', name);
}

function opened(keys: MasterKeys, { workspaceId, name }: SecretPlace, sealed: Sealed): string {
  return unseal(keys, [workspaceId, name], sealed);
}

/** The secrets of a workspace by name, with what may be shown of them; never their values. */
export async function listSecrets(tx: Tx, workspaceId: string): Promise<KnownSecret[]> {
  return kysely(tx)
    .selectFrom('secret as s')
    .leftJoin('member as m', (join) =>
      join.onRef('m.workspace_id', '=', 's.workspace_id').onRef('m.id', '=', 's.set_by'),
    )
    .select(['s.name', 's.ends_with as endsWith', 's.updated_at as setAt', 'm.name as setBy'])
    .where('s.workspace_id', '=', workspaceId)
    .orderBy('s.name')
    .execute();
}

/** The workspaces that have a secret of this name, of one slug or of all that the role sees. */
export async function workspacesWithSecret(
  tx: Tx,
  name: string,
  slug: string | null,
): Promise<{ workspaceId: string; slug: string }[]> {
  return kysely(tx)
    .selectFrom('secret as s')
    .innerJoin('workspace as w', 'w.id', 's.workspace_id')
    .select(['w.id as workspaceId', 'w.slug'])
    .where('s.name', '=', name)
    .$if(slug !== null, (query) => query.where('w.slug', '=', slug ?? ''))
    .orderBy('w.slug')
    .execute();
}

/** Deletes a secret and records `secret.deleted`. @returns whether there was one; deleting it again changes and records nothing */
export async function deleteSecret(tx: Tx, secret: SecretPlace & SecretActor): Promise<boolean> {
  const { workspaceId, name } = secret;
  const { numDeletedRows } = await kysely(tx)
    .deleteFrom('secret')
    .where('workspace_id', '=', workspaceId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await record(tx, 'secret.deleted', secret);
  return true;
}

async function record(tx: Tx, act: string, of: SecretPlace & SecretActor): Promise<void> {
  const { workspaceId, name, actor, requestId } = of;
  const subject = { kind: 'secret', id: name };
  await recordAudit(tx, { workspaceId, actor, act, subject, ...(requestId === undefined ? {} : { requestId }) });
}
