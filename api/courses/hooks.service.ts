import { Inject, Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { HookAnswer } from '../../contracts/courses/enrollments-api.schema.ts';
import type { PaymentWebhook } from '../../contracts/core/providers.ts';
import { runOfEnrollment, sendToEnrollment } from '../../platform/db/courses/enrollments.ts';
import {
  enrollmentOfCheckout,
  enrollmentOfPayment,
  notePaymentEvent,
  paymentsOf,
  settlePayment,
  workspaceOfEnrollment,
  type OfPayment,
} from '../../platform/db/courses/payments.ts';
import { addToIncident, type NewIncident } from '../../platform/db/runs/incidents.ts';
import { reopenRun } from '../../platform/db/runs/reopen-run.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { openPaymentKeys, UNREADABLE_PAYMENT } from '../../platform/connections/payment-connection.ts';
import type { Logger } from '../../platform/log.ts';
import { modeOf } from '../../platform/stripe/mode.ts';
import { verifyStripeWebhook, WebhookRefused } from '../../platform/stripe/webhook.ts';
import { AppError } from '../http/errors/app-error.ts';
import { CONFIG, KEYS, LOG } from '../http/parts.ts';
import { RequestMetrics } from '../http/request-metrics.ts';
import { Store } from '../http/store.ts';
import type { ApiConfig } from '../settings.ts';
import { endOfCheckout, messageOf, namedEnrollment } from './payment-events.ts';

/** What became of an event: it is news, was here before, or is of something that this product did not sell. */
type Verdict = 'taken' | 'known' | 'notOurs';

/**
 * Takes in what outside services report: verified on the raw bytes, stored once, sent to the run, and only then acknowledged. News of money
 * reach a run that has ended, too.
 */
@Injectable()
export class HooksService {
  private readonly events: Counter;

  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    @Inject(LOG) private readonly log: Logger,
    private readonly store: Store,
    metrics: RequestMetrics,
    @Inject(KEYS) private readonly keys: KeySource,
  ) {
    this.events = new Counter({
      name: 'throughline_payment_events',
      help: 'Signed events of the payment service, by what became of them',
      labelNames: ['verdict'],
      registers: [metrics.registry],
    });
  }

  async stripe(rawBody: Buffer, signature: string): Promise<HookAnswer> {
    const { STRIPE_WEBHOOK_SECRET: secrets, STRIPE_SECRET_KEY: key } = this.config;
    if (secrets.length === 0) throw notConfigured('STRIPE_WEBHOOK_SECRET is not set');
    const event = this.verified(rawBody, signature, [{ secrets, key }]);
    // An account sells other things too. Their events are acknowledged: a refusal would have them sent again for days.
    this.events.inc({ verdict: await this.take(event) });
    return { received: true };
  }

  /** Reports of a workspace's own account speak of its own payments alone, whatever they name. */
  async stripeOf(workspaceId: string, rawBody: Buffer, signature: string): Promise<HookAnswer> {
    const keys = await this.keys();
    const own = await this.store.inWorkspace({ workspaceId }, (tx) => openPaymentKeys(tx, keys, workspaceId));
    if (own === null) throw notConfigured('This workspace has no account of its own');
    if (own === 'unreadable') throw notConfigured(UNREADABLE_PAYMENT);
    const accounts = [own.credentials, ...own.credentials.before];
    const event = this.verified(
      rawBody,
      signature,
      accounts.map(({ webhookSecret, secretKey: key }) => ({ secrets: [webhookSecret], key })),
    );
    this.events.inc({ verdict: await this.take(event, workspaceId) });
    return { received: true };
  }

  private async take(event: PaymentWebhook, workspaceId?: string): Promise<Verdict> {
    const found = await this.enrollmentOf(event);
    if (found && workspaceId !== undefined && found.workspaceId !== workspaceId) return 'notOurs';
    if (found) return this.store.inWorkspace(found, (tx) => note(tx, found, event));
    await this.reportForeign(event, workspaceId);
    return 'notOurs';
  }

  /** A checkout is believed if it was made here, whatever it says of itself; a payment that failed changes next to nothing. */
  private async enrollmentOf(event: PaymentWebhook): Promise<OfPayment | null> {
    if ('checkout' in event) return enrollmentOfCheckout(this.store.app, event.checkout.id);
    if (event.kind === 'moneyChanged') return enrollmentOfPayment(this.store.app, event.paymentIntent);
    const enrollmentId = namedEnrollment(event);
    const workspaceId = enrollmentId === null ? null : await workspaceOfEnrollment(this.store.app, enrollmentId);
    return enrollmentId === null || workspaceId === null ? null : { workspaceId, enrollmentId };
  }

  /** Money for an enrollment through a checkout that was not made here gives no seat: a person looks at it. */
  private async reportForeign(event: PaymentWebhook, by: string | undefined): Promise<void> {
    const enrollmentId = namedEnrollment(event);
    if (event.kind !== 'checkoutPaid' || enrollmentId === null) return;
    const workspaceId = await workspaceOfEnrollment(this.store.app, enrollmentId);
    if (workspaceId === null || (by !== undefined && by !== workspaceId)) return;
    const { id: checkoutId, amountMinor, currency } = event.checkout;
    await this.store.inWorkspace({ workspaceId }, async (tx) => {
      const enrollment = await runOfEnrollment(tx, workspaceId, enrollmentId);
      await addToIncident(tx, {
        workspaceId,
        runId: enrollment?.run_id ?? null,
        kind: 'payment.foreign',
        message: `The checkout ${checkoutId} names this enrollment, is paid and was not made here. Look it up at Stripe; it gives no seat.`,
        detail: { checkoutId, amountMinor, currency },
      });
    });
  }

  /** The event, if an account has signed it. @throws AppError where none has, or it is of the mode of Stripe that the account's key is not of */
  private verified(rawBody: Buffer, signature: string, accounts: readonly SigningAccount[]): PaymentWebhook {
    let refused: WebhookRefused | undefined;
    for (const { secrets, key } of accounts) {
      try {
        return verifyStripeWebhook(rawBody, signature, secrets, modeOf(key));
      } catch (error) {
        if (!(error instanceof WebhookRefused)) throw error;
        refused = error;
        if (error.code !== 'payment.bad_signature') break;
      }
    }
    if (refused?.code === 'payment.other_mode') {
      this.log.error(refused.message);
      throw new AppError(409, refused.code, { detail: refused.message });
    }
    throw new AppError(400, refused?.code ?? 'payment.bad_signature', {
      detail: refused?.message ?? 'No secret is known.',
    });
  }
}

/** The secrets that an account signs its reports with, and its key. */
type SigningAccount = { secrets: readonly string[]; key: string };

/** Without a secret nothing can be believed; Stripe sends it again, for days. */
function notConfigured(why: string): AppError {
  const detail = `${why}, so no payment can be confirmed`;
  return new AppError(503, 'payment.notConfigured', { detail, retryAfterSeconds: 3_600 });
}

async function note(tx: Tx, { workspaceId, enrollmentId }: OfPayment, event: PaymentWebhook): Promise<Verdict> {
  const payload = { kind: event.kind, occurredAt: event.occurredAt };
  if (!(await notePaymentEvent(tx, { workspaceId, id: event.eventId, enrollmentId, kind: event.kind, payload })))
    return 'known';
  const known = 'checkout' in event ? await paymentsOf(tx, workspaceId, enrollmentId) : [];
  const made = known.find((row) => 'checkout' in event && row.checkout_id === event.checkout.id);
  const received = messageOf(event, made?.perform ?? null, Date.now());
  const enrollment = await runOfEnrollment(tx, workspaceId, enrollmentId);
  if (!received || !enrollment) return 'taken';
  const of = { workspaceId, runId: enrollment.run_id };
  if (event.kind === 'checkoutPaid' || event.kind === 'moneyChanged') {
    if (!(await reopenRun(tx, of))) await addToIncident(tx, { ...of, ...unplaced(event) });
  }
  const end = endOfCheckout(event);
  if (end && 'checkout' in event) await settlePayment(tx, { workspaceId, checkoutId: event.checkout.id }, end);
  await sendToEnrollment(tx, enrollment, 'payment', event.eventId, received);
  return 'taken';
}

/** A run that was terminated, or whose contact was erased, receives nothing: a person sees to it. */
function unplaced(
  event: Extract<PaymentWebhook, { kind: 'moneyChanged' } | { checkout: object }>,
): Pick<NewIncident, 'kind' | 'message' | 'detail'> {
  const whose = 'an enrollment that was terminated, or whose contact was erased';
  if (event.kind === 'moneyChanged') {
    const message = `A refund or a dispute was made of a payment for ${whose}. See at Stripe: ${event.paymentIntent}.`;
    return { kind: 'payment.unplaced', message, detail: { paymentIntent: event.paymentIntent } };
  }
  const { id: checkoutId, paymentIntent, amountMinor, currency } = event.checkout;
  const message = `Money came for ${whose}. Give it back at Stripe: ${paymentIntent ?? checkoutId}.`;
  return { kind: 'payment.unplaced', message, detail: { checkoutId, amountMinor, currency } };
}
