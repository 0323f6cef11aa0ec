import { z } from 'zod';
import { StripeKeys } from '../../contracts/access/connections-api.schema.ts';
import type { Tx } from '../db/core/workspace.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { openCredentials, type Opened } from './open-credentials.ts';

/** The name of the secret with a workspace's own `StoredStripe`, as JSON. */
export const PAYMENT_SECRET = 'payment';

/** What screens and incidents say of keys of payments that are stored and cannot be opened. */
export const UNREADABLE_PAYMENT =
  'The keys that are stored for Stripe cannot be opened: this process has not been given the key that sealed them. Give it that key, or connect Stripe again.';

const StoredStripe = z.looseObject({ ...StripeKeys.shape, before: z.array(StripeKeys).default([]) });

/**
 * The keys of a workspace's own Stripe account. `before` are those that were there before, the newest first: payments that were begun by them
 * may be of another account, which no other key knows.
 */
export type StoredStripe = z.infer<typeof StoredStripe>;

/** So many sets of keys of before are kept: payments end within weeks, and keys are changed seldom. */
const mostBefore = 3;

/** The settings that say where payments of a workspace go. */
export type StripeAddressConfig = { STAND_INS: string; STRIPE_BASE_URL: string };

/** A workspace's own keys, and when a person has set them; null where it has none, `unreadable` as of the CRM's. */
export function openPaymentKeys(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<Opened<StoredStripe>> {
  return openCredentials(tx, keys, { workspaceId, name: PAYMENT_SECRET }, StoredStripe);
}

/** What is stored of new keys, where `known` are there. */
export function withKeysBefore(given: StripeKeys, known: StoredStripe | null): StoredStripe {
  const before = known === null ? [] : [StripeKeys.strip().parse(known), ...known.before];
  const others = before.filter((each) => JSON.stringify(each) !== JSON.stringify(given));
  return { ...given, before: others.slice(0, mostBefore) };
}

/** The base URL of a workspace's own Stripe account: Stripe's, or the stand-in that the local stack plays. */
export function stripeBaseUrl({ STAND_INS, STRIPE_BASE_URL }: StripeAddressConfig): string {
  return STAND_INS.split(',').includes('payment') ? STRIPE_BASE_URL : 'https://api.stripe.com';
}
