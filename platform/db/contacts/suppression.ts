import { createHmac } from 'node:crypto';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Ways to reach a person that can be closed. */
export type Channel = 'email';

/**
 * What is kept of an address that must not be written to: a hash under the master key and the workspace. It outlives the
 * erasure of the contact and reveals the address to no one.
 */
export function addressHash(masterKey: string, workspaceId: string, address: string): string {
  return createHmac('sha256', masterKey)
    .update(`throughline/suppression/${workspaceId}\0${address.trim().toLowerCase()}`)
    .digest('hex');
}

/** Closes a channel for an address; closing it again keeps the first reason. @returns whether it was open */
export async function suppress(
  tx: Tx,
  of: { workspaceId: string; channel: Channel; addressHash: string; reason: string },
): Promise<boolean> {
  const result = await kysely(tx)
    .insertInto('suppression')
    .values({ workspace_id: of.workspaceId, channel: of.channel, address_hash: of.addressHash, reason: of.reason })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'channel', 'address_hash']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Opens a channel again, at the person's own request. */
export async function unsuppress(
  tx: Tx,
  of: { workspaceId: string; channel: Channel; addressHash: string },
): Promise<void> {
  await kysely(tx)
    .deleteFrom('suppression')
    .where('workspace_id', '=', of.workspaceId)
    .where('channel', '=', of.channel)
    .where('address_hash', '=', of.addressHash)
    .execute();
}

/** Whether the address must not be written to; asked in the transaction that claims the message. */
export async function isSuppressed(
  tx: Tx,
  of: { workspaceId: string; channel: Channel; addressHash: string },
): Promise<boolean> {
  const row = await kysely(tx)
    .selectFrom('suppression')
    .select('reason')
    .where('workspace_id', '=', of.workspaceId)
    .where('channel', '=', of.channel)
    .where('address_hash', '=', of.addressHash)
    .executeTakeFirst();
  return row !== undefined;
}
