import Stripe from 'stripe';
import { standInKey } from './mode.ts';
import { createSdk, type StripeAccess } from './sdk.ts';

/** What a key has to be allowed, as Stripe's dashboard calls it, and a call that shows it: those of writes are refused for what they ask. */
const rights = [
  ['Checkout Sessions: write', (stripe) => stripe.checkout.sessions.create({ mode: 'none' as 'payment' })],
  ['Refunds: write', (stripe) => stripe.refunds.create({ payment_intent: 'pi_of_no_payment' })],
  ['Payment Intents: read', (stripe) => stripe.paymentIntents.list({ limit: 1 })],
  ['Disputes: read', (stripe) => stripe.disputes.list({ limit: 1 })],
] as const satisfies [string, (stripe: Stripe) => Promise<unknown>][];

/**
 * Why payments fail with a key, found out by calls that change nothing; null where it may do all that is asked of it, where it is that of the
 * local stand-in, and where the service cannot be asked now. Never holds the key, only the `name` under which people know it.
 */
export async function keyRefusal(config: StripeAccess, name = 'STRIPE_SECRET_KEY'): Promise<string | null> {
  if (config.secretKey === standInKey) return null;
  const stripe = createSdk(config);
  const missing: string[] = [];
  for (const [right, call] of rights) {
    const status = await statusOf(call(stripe));
    if (status === 401)
      return `Stripe refuses ${name} (401): it was revoked or rolled, or is not a secret key. No payment can be taken or given back.`;
    if (status === 403) missing.push(right);
  }
  if (missing.length === 0) return null;
  return `Stripe does not let ${name} do all that is needed (403): a restricted key needs ${missing.join(', ')}. Payments fail until it has them.`;
}

/** The status of a refusal; null where it was taken, or nothing came. */
async function statusOf(call: Promise<unknown>): Promise<number | null> {
  try {
    await call;
    return null;
  } catch (error) {
    return error instanceof Stripe.errors.StripeError ? (error.statusCode ?? null) : null;
  }
}
