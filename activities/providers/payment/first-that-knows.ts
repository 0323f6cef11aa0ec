import { ProviderError } from '../provider-error.ts';
import type { PaymentClient } from './payment-client.ts';

/**
 * One payment service out of the accounts that a workspace has and had: what is new is made at the first, and what was begun is looked for at
 * the first and then at those of before, since only the account that made a payment knows it. So no refund is made twice, whatever keys
 * came in the meantime.
 * @throws ProviderError what the first account says, where none knows it
 */
export function firstThatKnows(clients: readonly [PaymentClient, ...PaymentClient[]]): PaymentClient {
  const [first, ...before] = clients;
  if (before.length === 0) return first;

  async function ask<Answer>(work: (client: PaymentClient) => Promise<Answer>): Promise<Answer> {
    try {
      return await work(first);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      for (const client of before) {
        const answer = await work(client).then(
          (found) => ({ found }),
          (failure: unknown) => ({ failure }),
        );
        if ('found' in answer) return answer.found;
        // A key of before that was revoked since answers for nothing.
        if (!isUnknown(answer.failure) && !isRefusedKey(answer.failure)) throw answer.failure;
      }
      throw error;
    }
  }

  /** The first answer that is one: a list of what belongs to a payment may be empty where the payment is not known. */
  async function search<Answer>(work: (client: PaymentClient) => Promise<Answer | null>): Promise<Answer | null> {
    for (const client of clients) {
      const found = await work(client).catch((error: unknown) => {
        if (isUnknown(error) || (client !== first && isRefusedKey(error))) return null;
        throw error;
      });
      if (found !== null) return found;
    }
    return null;
  }

  return {
    createCheckout: (input) => first.createCheckout(input),
    getCheckout: (id) => ask((client) => client.getCheckout(id)),
    expireCheckout: (id) => ask((client) => client.expireCheckout(id)),
    refund: (input) => ask((client) => client.refund(input)),
    findRefund: (input) => search((client) => client.findRefund(input)),
    async lookUp(paymentIntent) {
      const found = await search(async (client) => {
        const history = await client.lookUp(paymentIntent);
        return history.refunds.length + history.disputes.length === 0 ? null : history;
      });
      return found ?? { refunds: [], disputes: [] };
    },
  };
}

function isUnknown(error: unknown): boolean {
  return error instanceof ProviderError && error.failure.code === 'payment.resource_missing';
}

function isRefusedKey(error: unknown): boolean {
  return error instanceof ProviderError && error.failure.kind === 'misconfigured';
}
