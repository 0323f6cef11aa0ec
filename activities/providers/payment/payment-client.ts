import type { StripeAccess } from '../../../platform/stripe/sdk.ts';
import type { Checkout, PaymentHistory, Refund } from '../../../contracts/core/providers.ts';

/**
 * A payment service. Calls that move money carry a key: repeated with the same key and the same input they answer the same and
 * nothing happens twice.
 * @throws ProviderError on failure; there are no retries inside. After `ambiguous` call again with the same key.
 */
export interface PaymentClient {
  /**
   * Opens a checkout page for one enrollment. The amount is in the currency's minor unit and above 0: what is free needs no payment.
   * `successUrl` may hold `{CHECKOUT_SESSION_ID}`.
   */
  createCheckout(input: {
    enrollmentId: string;
    amountMinor: number;
    currency: string;
    description: string;
    customerEmail?: string;
    successUrl: string;
    cancelUrl?: string;
    /** When the page stops taking money, ISO 8601; Stripe takes 30 minutes to 24 hours ahead, and without it the page lives 24 hours. */
    expiresAt?: string;
    idempotencyKey: string;
  }): Promise<Checkout>;
  getCheckout(checkoutId: string): Promise<Checkout>;
  /** Ends an open checkout. Resolves with what it is afterwards: one that was paid, or whose money is on its way, stays so: look at it. */
  expireCheckout(checkoutId: string): Promise<Checkout>;
  /**
   * Refunds money. A refund that comes back as `failed` did not reach the customer; the same key would only answer the same
   * again, so a further try needs a new key.
   */
  refund(input: { paymentIntent: string; amountMinor: number; note?: string; idempotencyKey: string }): Promise<Refund>;
  /** The refund that was made with this key, also after the service has forgotten the key (24 h and more). */
  findRefund(input: { paymentIntent: string; idempotencyKey: string }): Promise<Refund | null>;
  /** The refunds and disputes of a payment as they are now, wherever they were made. */
  lookUp(paymentIntent: string): Promise<PaymentHistory>;
}

/** How to reach a payment service of Stripe's shape. */
export type PaymentConfig = StripeAccess;
