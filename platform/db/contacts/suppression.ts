import { sql } from 'kysely';
import { addressHash } from '../../keys/address-hash.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Ways to reach a person that can be closed. */
export type Channel = 'email';

/** Why it is closed: the person's link, an operator's note, a complaint, or an address that no mail reaches. */
export type ClosedReason = 'unsubscribed' | 'optedOut' | 'complained' | 'bounced';

/** An address on a channel, as it is kept: by the current master key, and by each that may have made its row. */
export type HashedAddress = { workspaceId: string; channel: Channel; keyId: string; hash: string; hashes: string[] };

/** An e-mail address of a workspace under the master keys. */
export function hashedEmail(keys: MasterKeys, workspaceId: string, address: string): HashedAddress {
  const hash = addressHash(keys.current, workspaceId, address);
  const hashes = keys.all.map((key) => addressHash(key, workspaceId, address));
  return { workspaceId, channel: 'email', keyId: keys.current.id, hash, hashes };
}

/**
 * Closes a channel for an address. Each further reason is kept beside the first, once: they close it for different mails. `detail`: a server's
 * code. @returns whether it was open
 */
export async function suppress(
  tx: Tx,
  of: HashedAddress & { reason: ClosedReason; detail?: string },
): Promise<boolean> {
  if (await addReason(tx, of)) return false;
  const result = await kysely(tx)
    .insertInto('suppression')
    .values({
      workspace_id: of.workspaceId,
      channel: of.channel,
      address_hash: of.hash,
      key_id: of.keyId,
      reason: of.reason,
      detail: of.detail ?? null,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'channel', 'address_hash']).doNothing())
    .executeTakeFirst();
  if ((result.numInsertedOrUpdatedRows ?? 0n) > 0n) return true;
  await addReason(tx, of);
  return false;
}

/** Adds the reason to those of an address that is closed. @returns whether it is closed */
async function addReason(tx: Tx, of: HashedAddress & { reason: ClosedReason; detail?: string }): Promise<boolean> {
  const { rows } = await sql`
    update suppression set more = case when reason = ${of.reason} or more @> jsonb_build_array(jsonb_build_object('reason', ${of.reason}::text))
      then more else more || jsonb_build_array(jsonb_build_object('reason', ${of.reason}::text, 'at', now(), 'note', ${of.detail ?? null}::text)) end
    where workspace_id = ${of.workspaceId} and channel = ${of.channel} and address_hash = any(${of.hashes}::text[]) returning 1`.execute(
    kysely(tx),
  );
  return rows.length > 0;
}

/** Opens a channel again, at the person's own request. */
export async function unsuppress(tx: Tx, of: HashedAddress): Promise<void> {
  await sql`delete from suppression
    where workspace_id = ${of.workspaceId} and channel = ${of.channel} and address_hash = any(${of.hashes}::text[])`.execute(
    kysely(tx),
  );
}

/** Whether the address must not be written to; asked in the transaction that claims the message. */
export async function isSuppressed(tx: Tx, of: HashedAddress): Promise<boolean> {
  const { rows } = await sql`select 1 from suppression
    where workspace_id = ${of.workspaceId} and channel = ${of.channel} and address_hash = any(${of.hashes}::text[]) limit 1`.execute(
    kysely(tx),
  );
  return rows.length > 0;
}
