import { LRUCache } from 'lru-cache';
import {
  openPaymentKeys,
  type StoredStripe,
  stripeBaseUrl,
  type StripeAddressConfig,
  UNREADABLE_PAYMENT,
} from '../../platform/connections/payment-connection.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { hasAccount } from '../../platform/stripe/mode.ts';
import { firstThatKnows } from '../providers/payment/first-that-knows.ts';
import type { PaymentClient } from '../providers/payment/payment-client.ts';
import { createStripeClient } from '../providers/payment/stripe/stripe.ts';
import { callTimeoutMs } from '../providers/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';

/** Where payments of a workspace go: its own account as it is now, else the installation's. */
export type PaymentOf = (tx: Tx, workspaceId: string) => Promise<{ client: PaymentClient; isOwn: boolean }>;

/** What is said of the installation's account. */
type StripeConfig = StripeAddressConfig & { STRIPE_SECRET_KEY: string };

/** Clients hold connections that are kept open, so each is kept as long as its keys are used. */
const keptClients = 500;

/** Makes the function that finds where payments of a workspace go. What an account of before has begun is ended there. */
export function createPaymentOf(of: { keys: KeySource; config: StripeConfig; installation: PaymentClient }): PaymentOf {
  const clients = new LRUCache<string, PaymentClient>({ max: keptClients });
  return async (tx, workspaceId) => {
    const found = await openPaymentKeys(tx, await of.keys(), workspaceId);
    if (found === null) return { client: of.installation, isOwn: false };
    if (found === 'unreadable') return { client: unreadable, isOwn: true };
    const id = `${workspaceId} ${found.setAt.toISOString()}`;
    const client = clients.get(id) ?? clientOf(found.credentials, of);
    clients.set(id, client);
    return { client, isOwn: true };
  };
}

function clientOf(
  { secretKey, before }: StoredStripe,
  { config, installation }: { config: StripeConfig; installation: PaymentClient },
): PaymentClient {
  const baseUrl = stripeBaseUrl(config);
  const clientBy = (key: string): PaymentClient =>
    createStripeClient({ baseUrl, secretKey: key, timeoutMs: callTimeoutMs });
  const earlier = new Set(before.map((each) => each.secretKey));
  earlier.delete(secretKey);
  return firstThatKnows([
    clientBy(secretKey),
    ...[...earlier].map(clientBy),
    ...(hasAccount(config) ? [installation] : []),
  ]);
}

/** Stands for an account into which nobody can get: each call waits until a person has seen to it, as for a key that is refused. */
const unreadable: PaymentClient = {
  createCheckout: refuse,
  getCheckout: refuse,
  expireCheckout: refuse,
  refund: refuse,
  findRefund: refuse,
  lookUp: refuse,
};

function refuse(): Promise<never> {
  const failure = { kind: 'misconfigured', code: 'payment.unreadable', message: UNREADABLE_PAYMENT } as const;
  return Promise.reject(new ProviderError(failure));
}
