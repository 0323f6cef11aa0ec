import { contactOfBefore, type ContactRow, lockFound } from './contacts.ts';
import { closuresOf, optIn, optOut } from './consents.ts';
import type { MasterKeys } from '../../keys/master-keys.ts';
import type { UnsubscribeTarget } from '../../unsubscribe.ts';
import type { Tx } from '../core/workspace.ts';

/** Whether a contact can be written to; `unknown` where it is gone, and then it gets nothing anyway. */
export type Subscription = 'subscribed' | 'unsubscribed' | 'unknown';

/** The subscription of a link's target. */
export async function subscriptionOf(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<Subscription> {
  const contact = await contactOfBefore(tx, target.workspaceId, target.contactId);
  if (!contact) return 'unknown';
  const closures = await closuresOf(tx, keys, { workspaceId: target.workspaceId, people: [contact] });
  return closures.has(contact.id) ? 'unsubscribed' : 'subscribed';
}

/** Closes the channel for the target, whatever address it will have, also where it has none now; repeating it changes nothing. */
export async function unsubscribe(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<Subscription> {
  const contact = await lockTarget(tx, target);
  if (!contact) return 'unknown';
  await optOut(tx, keys, contact, { reason: 'unsubscribed', note: null });
  return 'unsubscribed';
}

/** Opens the channel again, at the person's own request. */
export async function resubscribe(tx: Tx, keys: MasterKeys, target: UnsubscribeTarget): Promise<Subscription> {
  const contact = await lockTarget(tx, target);
  if (!contact) return 'unknown';
  await optIn(tx, keys, contact, { by: 'reader' });
  return 'subscribed';
}

/** Locks whom a link is for, who may have been joined with another since. */
function lockTarget(tx: Tx, { workspaceId, contactId }: UnsubscribeTarget): Promise<ContactRow | undefined> {
  return lockFound(tx, () => contactOfBefore(tx, workspaceId, contactId));
}
