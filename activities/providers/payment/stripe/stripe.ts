import Stripe from 'stripe';
import { shorten } from '../../../../domain/words/shorten.ts';
import { ProviderError } from '../../provider-error.ts';
import type { PaymentClient, PaymentConfig } from '../payment-client.ts';
import { createSdk } from '../../../../platform/stripe/sdk.ts';
import { attempt } from './stripe-failure.ts';
import { checkoutOf, disputeOf, keyField, refundOf } from '../../../../platform/stripe/shapes.ts';

/** Stripe keeps 500 characters of a metadata value. */
const maxNoteLength = 500;
/** The most that Stripe lists at once; no payment has more refunds or disputes than this. */
const mostListed = 100;

type CheckoutInput = Parameters<PaymentClient['createCheckout']>[0];

/** Creates the Stripe adapter. @throws Error if the base URL is plain http on anything but loopback */
export function createStripeClient(config: PaymentConfig): PaymentClient {
  const stripe = createSdk(config);
  const retrieve = (id: string): Promise<unknown> =>
    stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
  const once = (idempotencyKey: string): Stripe.RequestOptions => ({ idempotencyKey });

  return {
    createCheckout: (input) =>
      attempt(async () => {
        requireAmount(input.amountMinor);
        const { customerEmail: customer_email, idempotencyKey: key } = input;
        const page = pageOf(input);
        try {
          return checkoutOf(
            await stripe.checkout.sessions.create(
              { ...page, ...(customer_email === undefined ? {} : { customer_email }) },
              once(key),
            ),
          );
        } catch (error) {
          if (!isAboutEmail(error)) throw error;
          // The address only fills in a field of the page; Stripe refuses some that take mail.
          return checkoutOf(await stripe.checkout.sessions.create(page, once(`${key}/nobody`)));
        }
      }),

    getCheckout: (id) => attempt(async () => checkoutOf(await retrieve(id))),

    expireCheckout: (id) =>
      attempt(async () => {
        try {
          return checkoutOf(await stripe.checkout.sessions.expire(id));
        } catch (error) {
          // Refused because it is not open any more: what it is then is the answer.
          if (!(error instanceof Stripe.errors.StripeInvalidRequestError) || error.statusCode !== 400) throw error;
          const checkout = checkoutOf(await retrieve(id));
          if (checkout.status === 'open') throw error;
          return checkout;
        }
      }),

    refund: (input) =>
      attempt(async () => {
        requireAmount(input.amountMinor);
        const note = input.note === undefined ? undefined : shorten(input.note, maxNoteLength);
        const { key: _key, ...refund } = refundOf(
          await stripe.refunds.create(
            {
              payment_intent: input.paymentIntent,
              amount: input.amountMinor,
              reason: 'requested_by_customer',
              metadata: { [keyField]: input.idempotencyKey, ...(note === undefined ? {} : { note }) },
            },
            once(input.idempotencyKey),
          ),
        );
        return refund;
      }),

    findRefund: ({ paymentIntent, idempotencyKey }) =>
      attempt(async () => {
        const { data } = await stripe.refunds.list({ payment_intent: paymentIntent, limit: mostListed });
        const found = data.map(refundOf).find((refund) => refund.key === idempotencyKey);
        if (found === undefined) return null;
        const { key: _key, ...refund } = found;
        return refund;
      }),

    lookUp: (paymentIntent) =>
      attempt(async () => {
        const about = { payment_intent: paymentIntent, limit: mostListed };
        const [refunds, disputes] = [await stripe.refunds.list(about), await stripe.disputes.list(about)];
        return { refunds: refunds.data.map(refundOf), disputes: disputes.data.map(disputeOf) };
      }),
  };
}

/** The page without who pays. */
function pageOf(input: CheckoutInput): Stripe.Checkout.SessionCreateParams {
  const metadata = { enrollmentId: input.enrollmentId };
  return {
    mode: 'payment',
    client_reference_id: input.enrollmentId,
    metadata,
    payment_intent_data: { metadata },
    // Money of another currency than the price's would pay for nothing, and its refunds would be amounts of that currency.
    adaptive_pricing: { enabled: false },
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: input.currency.toLowerCase(),
          unit_amount: input.amountMinor,
          product_data: { name: input.description },
        },
      },
    ],
    success_url: input.successUrl,
    ...(input.cancelUrl === undefined ? {} : { cancel_url: input.cancelUrl }),
    ...(input.expiresAt === undefined ? {} : { expires_at: Math.floor(Date.parse(input.expiresAt) / 1000) }),
  };
}

function isAboutEmail(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'customer_email';
}

function requireAmount(amountMinor: number): void {
  if (Number.isSafeInteger(amountMinor) && amountMinor > 0) return;
  const message = 'The amount must be a whole number of minor units above 0.';
  throw new ProviderError({ kind: 'rejected', code: 'payment.invalid_amount', message });
}
