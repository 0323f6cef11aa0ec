import { contactById } from './contacts.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import { type HashedAddress, hashedEmail, isSuppressed, suppress, unsuppress } from './suppression.ts';
import type { UnsubscribeTarget } from '../../unsubscribe.ts';
import type { Tx } from '../core/workspace.ts';

/** Whether a contact can be written to; `unknown` where it is gone or has no address, and then it gets nothing anyway. */
export type Subscription = 'subscribed' | 'unsubscribed' | 'unknown';

/** The subscription of a link's target. */
export async function subscriptionOf(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<Subscription> {
  const closed = await closable(tx, keys, target);
  if (!closed) return 'unknown';
  return (await isSuppressed(tx, closed)) ? 'unsubscribed' : 'subscribed';
}

/** Closes the channel for the target's address of now; repeating it changes nothing. */
export async function unsubscribe(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<Subscription> {
  const closed = await closable(tx, keys, target);
  if (!closed) return 'unknown';
  await suppress(tx, { ...closed, reason: 'unsubscribed' });
  return 'unsubscribed';
}

/** Opens the channel again, at the person's own request. */
export async function resubscribe(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<Subscription> {
  const closed = await closable(tx, keys, target);
  if (!closed) return 'unknown';
  await unsuppress(tx, closed);
  return 'subscribed';
}

async function closable(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<HashedAddress | undefined> {
  const contact = await contactById(tx, target.workspaceId, target.contactId);
  if (!contact?.email) return undefined;
  return hashedEmail(keys, target.workspaceId, contact.email);
}
