import { z } from 'zod';
import type { Checkout, Dispute, PaymentWebhook, Refund, StatedPayment } from '../../contracts/core/providers.ts';

/** Where a refund that was made here has its key. */
export const keyField = 'throughlineKey';

/** Stripe sends the id of a related object, or the object itself where it was expanded. */
const Related = z.union([z.string(), z.looseObject({ id: z.string() }).transform((object) => object.id)]);
const Metadata = z.record(z.string(), z.string()).nullish();

const Session = z.looseObject({
  id: z.string(),
  url: z.string().nullish(),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.string(),
  payment_intent: z.union([z.string(), z.looseObject({ id: z.string(), status: z.string() })]).nullish(),
  amount_total: z.int().nullish(),
  amount_subtotal: z.int().nullish(),
  currency: z.string().nullish(),
  client_reference_id: z.string().nullish(),
  expires_at: z.int(),
});
const Intent = z.looseObject({
  id: z.string(),
  amount_received: z.int(),
  currency: z.string(),
  metadata: Metadata,
});
const StripeRefund = z.looseObject({
  id: z.string(),
  status: z.string().nullish(),
  amount: z.int(),
  currency: z.string(),
  payment_intent: Related.nullish(),
  metadata: Metadata,
});
const StripeDispute = z.looseObject({
  id: z.string(),
  status: z.string(),
  amount: z.int(),
  currency: z.string(),
  balance_transactions: z.array(z.looseObject({ amount: z.int() })).nullish(),
});
/** A refund, a charge or a dispute: whatever of a payment has changed. */
const OfPayment = z.looseObject({
  payment_intent: Related.nullish(),
  status: z.string().nullish(),
  metadata: Metadata,
});
const Event = z.looseObject({
  id: z.string(),
  type: z.string(),
  created: z.int(),
  data: z.looseObject({ object: z.looseObject({ metadata: Metadata }) }),
});

/** A checkout session as ours. @throws ZodError if it is none */
export function checkoutOf(session: unknown): Checkout {
  const parsed = Session.parse(session);
  const intent = parsed.payment_intent;
  return {
    id: parsed.id,
    url: parsed.url ?? null,
    status: parsed.status,
    isPaid: isSettled(parsed.payment_status),
    isUnderWay: parsed.status === 'complete' && !isSettled(parsed.payment_status) && !hasFailed(intent),
    paymentIntent: typeof intent === 'string' ? intent : (intent?.id ?? null),
    amountMinor: parsed.amount_total ?? 0,
    listMinor: parsed.amount_subtotal ?? parsed.amount_total ?? 0,
    currency: (parsed.currency ?? '').toUpperCase(),
    enrollmentId: parsed.client_reference_id ?? null,
    expiresAt: new Date(parsed.expires_at * 1000).toISOString(),
  };
}

/** A payment as a statement has it, before anything went back. @throws ZodError if it is none */
export function receivedOf(intent: unknown): StatedPayment {
  const { id: paymentIntent, amount_received: cameMinor, currency, metadata } = Intent.parse(intent);
  const enrollmentId = metadata?.['enrollmentId'] ?? null;
  return { paymentIntent, enrollmentId, currency: currency.toUpperCase(), cameMinor, wentMinor: 0 };
}

/** The payment that a refund, a charge or a dispute is of; empty where it is of none. @throws ZodError if it is nothing of the kind */
export function paymentNameOf(ofPayment: unknown): string {
  return OfPayment.parse(ofPayment).payment_intent ?? '';
}

/** A refund as ours, with the key that it was made with. @throws ZodError if it is none */
export function refundOf(refund: unknown): Refund & { key: string | null } {
  const parsed = StripeRefund.parse(refund);
  return {
    id: parsed.id,
    status: refundStatus(parsed.status),
    amountMinor: parsed.amount,
    currency: parsed.currency.toUpperCase(),
    paymentIntent: parsed.payment_intent ?? '',
    key: parsed.metadata?.[keyField] ?? null,
  };
}

/** A dispute as ours. @throws ZodError if it is none */
export function disputeOf(dispute: unknown): Dispute {
  const { id, status, amount: amountMinor, currency, balance_transactions: moves } = StripeDispute.parse(dispute);
  // An inquiry (`warning_…`) takes no money; of a dispute Stripe lists what it has moved.
  const isTaken = status === 'lost' || status === 'needs_response' || status === 'under_review';
  const isWithdrawn = moves && moves.length > 0 ? moves.reduce((sum, { amount }) => sum + amount, 0) < 0 : isTaken;
  return { id, state: disputeState(status), isWithdrawn, amountMinor, currency: currency.toUpperCase() };
}

/** A webhook event as ours. @throws ZodError if it has no event's shape */
export function webhookOf(event: unknown): PaymentWebhook {
  const { id, type, created, data } = Event.parse(event);
  const about = { eventId: id, occurredAt: new Date(created * 1000).toISOString() };
  switch (type) {
    case 'checkout.session.completed': {
      const checkout = checkoutOf(data.object);
      // Some ways to pay complete the page first and bring the money later; the event of that is another one.
      return { kind: checkout.isPaid ? 'checkoutPaid' : 'checkoutUnderWay', checkout, ...about };
    }
    case 'checkout.session.async_payment_succeeded':
      return { kind: 'checkoutPaid', checkout: checkoutOf(data.object), ...about };
    case 'checkout.session.expired':
      return { kind: 'checkoutExpired', checkout: checkoutOf(data.object), ...about };
    case 'checkout.session.async_payment_failed':
      return { kind: 'checkoutFailed', checkout: checkoutOf(data.object), ...about };
    case 'payment_intent.payment_failed':
      return { kind: 'paymentFailed', enrollmentId: data.object.metadata?.['enrollmentId'] ?? null, ...about };
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
    case 'charge.refund.updated':
    case 'charge.refunded':
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated': {
      const of = OfPayment.parse(data.object);
      // What was done here is known here, unless it went wrong afterwards.
      const isOwn = of.metadata?.[keyField] !== undefined && refundStatus(of.status) !== 'failed';
      const paymentIntent = of.payment_intent ?? null;
      if (paymentIntent === null || isOwn) return { kind: 'other', type, ...about };
      return { kind: 'moneyChanged', paymentIntent, ...about };
    }
    default:
      return { kind: 'other', type, ...about };
  }
}

/** A discount may leave nothing to pay; then the seat is as good as paid. */
function isSettled(paymentStatus: string): boolean {
  return paymentStatus === 'paid' || paymentStatus === 'no_payment_required';
}

/** A session whose money failed stays complete and unpaid; only its payment says so, where it was asked for. */
function hasFailed(intent: z.infer<typeof Session>['payment_intent']): boolean {
  const status = typeof intent === 'string' ? null : intent?.status;
  return status === 'requires_payment_method' || status === 'canceled';
}

function disputeState(status: string): Dispute['state'] {
  if (status === 'lost') return 'lost';
  return status === 'won' || status === 'warning_closed' || status === 'prevented' ? 'won' : 'open';
}

function refundStatus(status: string | null | undefined): Refund['status'] {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}
