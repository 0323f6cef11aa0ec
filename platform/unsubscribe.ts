import type { Channel } from './db/contacts/suppression.ts';
import type { MasterKeys } from './keys/master-keys.ts';
import { signToken, verifyToken } from './tokens.ts';

/** Whom an unsubscribe link is for. */
export type UnsubscribeTarget = { workspaceId: string; contactId: string; channel: Channel };

/**
 * The token of `/u/{token}`: it never expires, since a mail may be read years later, and can do one thing only. Short, so
 * that the List-Unsubscribe header needs no folding (folding has broken DKIM signatures).
 */
export function unsubscribeToken(keys: MasterKeys, target: UnsubscribeTarget): string {
  return signToken(keys, 'unsubscribe', `${target.workspaceId} ${target.contactId} ${target.channel}`);
}

/** The target of a token that we made, or null. */
export function readUnsubscribeToken(keys: MasterKeys, token: string): UnsubscribeTarget | null {
  const [workspaceId, contactId, channel] = verifyToken(keys, 'unsubscribe', token)?.split(' ') ?? [];
  if (workspaceId === undefined || contactId === undefined || channel !== 'email') return null;
  return { workspaceId, contactId, channel };
}
