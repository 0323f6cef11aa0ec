import Stripe from 'stripe';
import type { PaymentWebhook } from '../../contracts/core/providers.ts';
import type { StripeMode } from './mode.ts';
import { webhookOf } from './shapes.ts';

type Refusal = 'payment.bad_signature' | 'payment.bad_event' | 'payment.other_mode';

/**
 * A webhook that must not be believed (`payment.bad_signature`), is signed and no event (`payment.bad_event`), or is of the mode of Stripe that
 * the key is not of (`payment.other_mode`).
 */
export class WebhookRefused extends Error {
  readonly code: Refusal;

  constructor(code: Refusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Stripe's own tolerance: a signature older than this is a replay. */
const signatureToleranceSeconds = 300;

/**
 * Checks the signature over the body as it was received, byte by byte, and says what happened. `secrets` are more than one
 * while a secret is being replaced. `mode` is that of the key, null where it is not known. @throws WebhookRefused
 */
export function verifyStripeWebhook(
  rawBody: Buffer | string,
  signature: string,
  secrets: readonly string[],
  mode: StripeMode | null = null,
): PaymentWebhook {
  for (const secret of secrets) {
    try {
      const event = Stripe.webhooks.constructEvent(rawBody, signature, secret, signatureToleranceSeconds);
      refuseOther(event.livemode, mode);
      return webhookOf(event);
    } catch (error) {
      if (error instanceof WebhookRefused) throw error;
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) continue;
      throw new WebhookRefused('payment.bad_event', 'The webhook is signed and is not an event.', { cause: error });
    }
  }
  throw new WebhookRefused(
    'payment.bad_signature',
    'The webhook is not signed with our secret, or was signed too long ago.',
  );
}

/** Money of one mode is never money of the other; a server of Stripe's shape may name none. */
function refuseOther(isLive: boolean | undefined, mode: StripeMode | null): void {
  if (mode === null || isLive === undefined || isLive === (mode === 'live')) return;
  const [event, key] = isLive ? ['live', 'test'] : ['test', 'live'];
  throw new WebhookRefused(
    'payment.other_mode',
    `The event is of Stripe's ${event} mode, and STRIPE_SECRET_KEY is of its ${key} mode: use key and webhook secret of the same mode.`,
  );
}
