import type { PaymentClient } from '../../activities/providers/payment/payment-client.ts';
import type { Checkout } from '../../contracts/core/providers.ts';

/** A payment service in memory, of which each call works at once. */
export type ModelPayment = {
  client: PaymentClient;
  /** Pays on the last page of an enrollment. @returns the page as Stripe reports it, null where none is open */
  pay(enrollmentId: string): object | null;
  /** As `pay`, in a way that brings the money later. */
  debit(enrollmentId: string): object | null;
  /** What became of the money of such a page. @returns the page as Stripe reports it */
  settle(page: object, isPaid: boolean): object;
  /** The money of an enrollment, in cents. */
  of(enrollmentId: string): { came: number; went: number };
};

/** Makes one. */
export function createModelPayment(): ModelPayment {
  const pages: (Checkout & { enrollmentId: string })[] = [];
  const refunds: { key: string; paymentIntent: string; amountMinor: number; currency: string; id: string }[] = [];
  const page = (id: string): (typeof pages)[number] => {
    const found = pages.find((each) => each.id === id);
    if (!found) throw new Error(`no page ${id}`);
    return found;
  };
  const refundOf = (made: (typeof refunds)[number]) => ({ ...made, status: 'succeeded' as const });
  const shapeOf = ({ id, paymentIntent, amountMinor, currency, enrollmentId, isPaid }: (typeof pages)[number]) => {
    const amounts = { amount_total: amountMinor, amount_subtotal: amountMinor, currency: currency.toLowerCase() };
    const ids = { id, payment_intent: paymentIntent, client_reference_id: enrollmentId, expires_at: 4_102_444_800 };
    return { ...ids, ...amounts, status: 'complete', payment_status: isPaid ? 'paid' : 'unpaid' };
  };
  const complete = (enrollmentId: string, how: { isPaid: boolean; isUnderWay: boolean }): object | null => {
    const open = pages.findLast((each) => each.enrollmentId === enrollmentId);
    if (open?.status !== 'open') return null;
    Object.assign(open, { status: 'complete', paymentIntent: `pi_${open.id}`, ...how });
    return shapeOf(open);
  };
  return {
    client: {
      async createCheckout({ enrollmentId, amountMinor, currency }) {
        const id = `cs_${enrollmentId}_${pages.length}`;
        const amounts = { amountMinor, listMinor: amountMinor, currency, paymentIntent: null };
        const status = {
          status: 'open',
          isPaid: false,
          isUnderWay: false,
          expiresAt: '2100-01-01T00:00:00.000Z',
        } as const;
        const made = { id, url: `http://127.0.0.1/${id}`, enrollmentId, ...amounts, ...status };
        pages.push(made);
        return { ...made };
      },
      getCheckout: async (id) => ({ ...page(id) }),
      async expireCheckout(id) {
        const found = page(id);
        if (found.status === 'open') found.status = 'expired';
        return { ...found };
      },
      async refund({ paymentIntent, amountMinor, idempotencyKey: key }) {
        const id = `re_${refunds.length}`;
        const made = { key, paymentIntent, amountMinor, currency: 'EUR', id };
        refunds.push(made);
        return refundOf(made);
      },
      async findRefund({ idempotencyKey }) {
        const made = refunds.find(({ key }) => key === idempotencyKey);
        return made ? refundOf(made) : null;
      },
      async lookUp(paymentIntent) {
        return { refunds: refunds.filter((each) => each.paymentIntent === paymentIntent).map(refundOf), disputes: [] };
      },
    },
    pay: (enrollmentId) => complete(enrollmentId, { isPaid: true, isUnderWay: false }),
    debit: (enrollmentId) => complete(enrollmentId, { isPaid: false, isUnderWay: true }),
    settle(reported, isPaid) {
      const found = page((reported as { id: string }).id);
      return Object.assign(found, { isPaid, isUnderWay: false }) && shapeOf(found);
    },
    of(enrollmentId) {
      const paid = pages.filter((each) => each.enrollmentId === enrollmentId && each.isPaid);
      const sum = (all: readonly { amountMinor: number }[]) => all.reduce((total, each) => total + each.amountMinor, 0);
      const went = refunds.filter((each) => paid.some(({ paymentIntent }) => paymentIntent === each.paymentIntent));
      return { came: sum(paid), went: sum(went) };
    },
  };
}
