import type { StatedPayment } from '../../../../contracts/core/providers.ts';
import { disputeOf, paymentNameOf, receivedOf, refundOf } from '../../../../platform/stripe/shapes.ts';
import type { PaymentConfig } from '../payment-client.ts';
import { createSdk } from '../../../../platform/stripe/sdk.ts';
import { attempt } from './stripe-failure.ts';

/** The largest page that Stripe gives. */
const limit = 100;

/**
 * Every payment of the account in which money came, from checkouts made at `since` (ISO 8601) or later, with what went back of each. Reads the
 * lists of payments, refunds and disputes page by page and changes nothing. @throws ProviderError
 */
export function readStatement(config: PaymentConfig, since: string): Promise<StatedPayment[]> {
  const stripe = createSdk(config);
  const page = { limit, created: { gte: Math.floor(Date.parse(since) / 1000) } };
  return attempt(async () => {
    const stated = new Map<string, StatedPayment>();
    for await (const intent of stripe.paymentIntents.list(page)) {
      const payment = receivedOf(intent);
      if (payment.cameMinor > 0) stated.set(payment.paymentIntent, payment);
    }
    const goes = (paymentIntent: string, amountMinor: number): void => {
      const payment = stated.get(paymentIntent);
      if (payment) stated.set(paymentIntent, { ...payment, wentMinor: payment.wentMinor + amountMinor });
    };
    for await (const each of stripe.refunds.list(page)) {
      const { paymentIntent, status, amountMinor } = refundOf(each);
      if (status !== 'failed') goes(paymentIntent, amountMinor);
    }
    for await (const each of stripe.disputes.list(page)) {
      const { isWithdrawn, amountMinor } = disputeOf(each);
      if (isWithdrawn) goes(paymentNameOf(each), amountMinor);
    }
    return [...stated.values()];
  });
}
