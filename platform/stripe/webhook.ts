import Stripe from 'stripe';
import type { PaymentWebhook } from '../../contracts/core/providers.ts';
import { webhookOf } from './shapes.ts';

/** A webhook that must not be believed (`payment.bad_signature`), or is signed and no event (`payment.bad_event`). */
export class WebhookRefused extends Error {
  readonly code: 'payment.bad_signature' | 'payment.bad_event';

  constructor(code: 'payment.bad_signature' | 'payment.bad_event', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Stripe's own tolerance: a signature older than this is a replay. */
const signatureToleranceSeconds = 300;

/**
 * Checks the signature over the body as it was received, byte by byte, and says what happened. `secrets` are more than one
 * while a secret is being replaced. @throws WebhookRefused
 */
export function verifyStripeWebhook(
  rawBody: Buffer | string,
  signature: string,
  secrets: readonly string[],
): PaymentWebhook {
  for (const secret of secrets) {
    try {
      return webhookOf(Stripe.webhooks.constructEvent(rawBody, signature, secret, signatureToleranceSeconds));
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) continue;
      throw new WebhookRefused('payment.bad_event', 'The webhook is signed and is not an event.', { cause: error });
    }
  }
  throw new WebhookRefused(
    'payment.bad_signature',
    'The webhook is not signed with our secret, or was signed too long ago.',
  );
}
