import { Inject, Injectable } from '@nestjs/common';
import type { HookAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import type { JsonObject } from '../../contracts/core/machine.ts';
import type { PaymentWebhook } from '../../contracts/core/providers.ts';
import { runOfEnrollment, sendToEnrollment } from '../../platform/db/courses/enrollments.ts';
import { notePaymentEvent, settlePayment, workspaceOfEnrollment } from '../../platform/db/courses/payments.ts';
import { verifyStripeWebhook, WebhookRefused } from '../../platform/stripe/webhook.ts';
import { AppError } from '../http/errors/app-error.ts';
import { CONFIG } from '../http/parts.ts';
import { Store } from '../http/store.ts';
import type { ApiConfig } from '../settings.ts';

/** Takes in what outside services report: verified on the raw bytes, stored once, sent to the run, and only then acknowledged. */
@Injectable()
export class HooksService {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly store: Store,
  ) {}

  async stripe(rawBody: Buffer, signature: string): Promise<HookAnswer> {
    const event = this.verified(rawBody, signature);
    const enrollmentId = enrollmentOf(event);
    const workspaceId = enrollmentId === null ? null : await workspaceOfEnrollment(this.store.app, enrollmentId);
    // An event about something else is ignored; a refusal would have it sent again for days.
    if (enrollmentId === null || workspaceId === null) return { received: true };
    await this.store.inWorkspace({ workspaceId }, async (tx) => {
      const payload = { kind: event.kind, occurredAt: event.occurredAt };
      if (!(await notePaymentEvent(tx, { workspaceId, id: event.eventId, enrollmentId, kind: event.kind, payload })))
        return;
      const received = messageOf(event);
      const enrollment = await runOfEnrollment(tx, workspaceId, enrollmentId);
      if (!received || !enrollment) return;
      if (event.kind === 'checkoutPaid')
        await settlePayment(tx, workspaceId, event.checkout.id, 'paid', event.checkout.paymentIntent);
      await sendToEnrollment(tx, enrollment, 'payment', event.eventId, received);
    });
    return { received: true };
  }

  /** Without a secret nothing can be believed; Stripe sends it again, for days. */
  private verified(rawBody: Buffer, signature: string): PaymentWebhook {
    const secret = this.config.STRIPE_WEBHOOK_SECRET;
    if (secret === '') {
      const detail = 'Set STRIPE_WEBHOOK_SECRET to the secret of this endpoint';
      throw new AppError(503, 'payment.notConfigured', { detail, retryAfterSeconds: 3_600 });
    }
    try {
      return verifyStripeWebhook(rawBody, signature, [secret]);
    } catch (error) {
      if (error instanceof WebhookRefused) throw new AppError(400, error.code, { detail: error.message });
      throw error;
    }
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function enrollmentOf(event: PaymentWebhook): string | null {
  const id =
    event.kind === 'checkoutPaid'
      ? event.checkout.enrollmentId
      : event.kind === 'paymentFailed'
        ? event.enrollmentId
        : null;
  return id !== null && uuid.test(id) ? id : null;
}

/** What the enrollment receives; null for an event that changes nothing for it. */
function messageOf(event: PaymentWebhook): JsonObject | null {
  switch (event.kind) {
    case 'checkoutPaid':
      return {
        status: 'paid',
        amountMinor: event.checkout.amountMinor,
        paymentIntent: event.checkout.paymentIntent ?? '',
      };
    case 'paymentFailed':
      return { status: 'failed', amountMinor: 0, paymentIntent: '' };
    case 'checkoutExpired':
    case 'refundChanged':
    case 'other':
      return null;
  }
}
