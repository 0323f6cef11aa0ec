import type { JsonObject } from '../../contracts/core/machine.ts';
import type { Checkout, PaymentWebhook } from '../../contracts/core/providers.ts';
import type { CheckoutEnd } from '../../platform/db/courses/payments.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The enrollment that an event names itself; null where it names none, or none of ours could have that id. */
export function namedEnrollment(event: PaymentWebhook): string | null {
  const id =
    event.kind === 'paymentFailed' ? event.enrollmentId : 'checkout' in event ? event.checkout.enrollmentId : null;
  return id !== null && uuid.test(id) ? id : null;
}

/** What an event says has become of its checkout; null where it is about none. */
export function endOfCheckout(event: PaymentWebhook): CheckoutEnd | null {
  switch (event.kind) {
    case 'checkoutPaid': {
      const { amountMinor, currency } = event.checkout;
      return { status: 'paid', paymentIntent: paidBy(event.checkout), amountMinor, currency };
    }
    case 'checkoutUnderWay':
      return { status: 'underWay' };
    case 'checkoutFailed':
      return { status: 'failed' };
    case 'checkoutExpired':
      return { status: 'expired' };
    default:
      return null;
  }
}

/** Stripe sends an event within seconds. One that comes later was sent again, and others about its payment may have come before it. */
const lateMs = 60_000;

/**
 * What the enrollment receives; null for an event that changes nothing for it. `checkout` is the action that made what it is about. `isLate`:
 * a refund of the payment may have been reported while it was not known here.
 */
export function messageOf(event: PaymentWebhook, checkout: string | null, nowMs: number): JsonObject | null {
  switch (event.kind) {
    case 'checkoutPaid': {
      const { id: checkoutId, amountMinor, listMinor, currency } = event.checkout;
      const late = nowMs - Date.parse(event.occurredAt) > lateMs ? { isLate: true } : {};
      const paymentIntent = paidBy(event.checkout);
      return { status: 'paid', checkoutId, amountMinor, listMinor, currency, paymentIntent, ...late };
    }
    case 'checkoutUnderWay':
      return { status: 'underWay', checkout };
    case 'checkoutExpired':
      return { status: 'expired', checkout };
    case 'checkoutFailed':
      return { status: 'failed', checkout };
    case 'paymentFailed':
      return { status: 'failed' };
    case 'moneyChanged':
      return { status: 'changed', paymentIntent: event.paymentIntent };
    case 'other':
      return null;
  }
}

/** A checkout that a discount left nothing to pay of has no payment intent: its own id stands for it. */
function paidBy({ paymentIntent, id }: Checkout): string {
  return paymentIntent ?? id;
}
