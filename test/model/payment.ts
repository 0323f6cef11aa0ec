import { ProviderError } from '../../activities/providers/provider-error.ts';
import type { PaymentClient } from '../../activities/providers/payment/payment-client.ts';
import type { Checkout, Dispute, Refund } from '../../contracts/core/providers.ts';
import { keyField } from '../../platform/stripe/shapes.ts';

/** What the payment service reports: the type of its event, and the object that the event is about. */
export type PaymentReport = { type: string; object: object };

/** A payment service in memory, of which each call works at once. Null where what is asked for cannot be. */
export type ModelPayment = {
  client: PaymentClient;
  /** Pays on the last page of an enrollment, with money that comes at once or later. @returns the page's id and what is reported */
  pay(enrollmentId: string, isDebit: boolean): { pageId: string; report: PaymentReport } | null;
  /** What became of the money of such a page. */
  settle(pageId: string, isPaid: boolean): PaymentReport;
  /** Money of a page is given back in the dashboard, as far as it is there. */
  payBack(pageId: string, cents: number): PaymentReport | null;
  /** The bank returns the last refund of a page's payment. */
  returnLast(pageId: string): PaymentReport | null;
  /** The payer's bank takes what is left of a page's payment, or asks about it. */
  dispute(pageId: string, isInquiry: boolean): PaymentReport | null;
  /** And decides. */
  decide(pageId: string, isWon: boolean): PaymentReport | null;
  /** The money of an enrollment, in cents. */
  of(enrollmentId: string): { came: number; went: number };
  /** Refuses to make pages and refunds, for good each time, or makes them again. */
  shut(isShut: boolean): void;
  /** Forgets everything. */
  clear(): void;
};

type Page = Checkout & { enrollmentId: string; refunds: MadeRefund[]; disputes: Dispute[] };
type MadeRefund = Refund & { key: string | null };

/** Makes one. */
export function createModelPayment(): ModelPayment {
  const pages = new Map<string, Page>();
  let made = 0;
  let isShut = false;
  const requireOpen = (): void => {
    if (isShut)
      throw new ProviderError({ kind: 'rejected', code: 'payment.refused', message: 'The account is closed.' });
  };
  const page = (id: string): Page => {
    const found = pages.get(id);
    if (!found) throw new Error(`no page ${id}`);
    return found;
  };
  const pageOf = (paymentIntent: string): Page => page(paymentIntent.replace(/^pi_/, ''));
  const refundIn = (paid: Page, amountMinor: number, key: string | null): MadeRefund => {
    made += 1;
    const of = { paymentIntent: paid.paymentIntent ?? '', amountMinor, currency: 'EUR' };
    const refund: MadeRefund = { id: `re_${paid.id}_${made}`, status: 'succeeded', key, ...of };
    paid.refunds.push(refund);
    return refund;
  };
  return {
    client: {
      async createCheckout({ enrollmentId, amountMinor, currency }) {
        requireOpen();
        const id = `cs_${enrollmentId}_${pages.size}`;
        const amounts = { amountMinor, listMinor: amountMinor, currency, paymentIntent: null };
        const status = { status: 'open', isPaid: false, isUnderWay: false } as const;
        const opened = { id, url: `http://127.0.0.1/${id}`, enrollmentId, expiresAt: '2100-01-01T00:00:00.000Z' };
        pages.set(id, { ...opened, ...amounts, ...status, refunds: [], disputes: [] });
        return { ...page(id) };
      },
      getCheckout: async (id) => ({ ...page(id) }),
      async expireCheckout(id) {
        const found = page(id);
        if (found.status === 'open') found.status = 'expired';
        return { ...found };
      },
      async refund({ paymentIntent, amountMinor, idempotencyKey }) {
        requireOpen();
        const paid = pageOf(paymentIntent);
        if (amountMinor <= leftOf(paid)) return refundIn(paid, amountMinor, idempotencyKey);
        const message = 'The refund is greater than what is left of the charge.';
        throw new ProviderError({ kind: 'rejected', code: 'payment.amount_too_large', message });
      },
      findRefund: async ({ paymentIntent, idempotencyKey }) =>
        pageOf(paymentIntent).refunds.find(({ key }) => key === idempotencyKey) ?? null,
      async lookUp(paymentIntent) {
        const { refunds, disputes } = pageOf(paymentIntent);
        return { refunds: refunds.map((each) => ({ ...each })), disputes: disputes.map((each) => ({ ...each })) };
      },
    },
    pay(enrollmentId, isDebit) {
      const open = [...pages.values()].findLast((each) => each.enrollmentId === enrollmentId);
      if (open?.status !== 'open') return null;
      const how = { isPaid: !isDebit, isUnderWay: isDebit };
      Object.assign(open, { status: 'complete', paymentIntent: `pi_${open.id}`, ...how });
      return { pageId: open.id, report: { type: 'checkout.session.completed', object: shapeOf(open) } };
    },
    settle(pageId, isPaid) {
      const found = Object.assign(page(pageId), { isPaid, isUnderWay: false });
      const type = `checkout.session.async_payment_${isPaid ? 'succeeded' : 'failed'}`;
      return { type, object: shapeOf(found) };
    },
    payBack(pageId, cents) {
      const paid = page(pageId);
      const amountMinor = Math.min(cents, leftOf(paid));
      if (amountMinor <= 0) return null;
      refundIn(paid, amountMinor, null);
      return { type: 'charge.refunded', object: { payment_intent: paid.paymentIntent } };
    },
    returnLast(pageId) {
      const { refunds, paymentIntent } = page(pageId);
      const last = refunds.findLast(({ status }) => status !== 'failed');
      if (!last) return null;
      last.status = 'failed';
      const metadata = last.key === null ? {} : { [keyField]: last.key };
      return { type: 'refund.failed', object: { payment_intent: paymentIntent, status: 'failed', metadata } };
    },
    dispute(pageId, isInquiry) {
      const paid = page(pageId);
      const left = leftOf(paid);
      if (paid.disputes.length > 0 || left <= 0) return null;
      const of = { id: `dp_${pageId}`, amountMinor: left, currency: 'EUR' };
      paid.disputes.push({ ...of, state: 'open', isWithdrawn: !isInquiry });
      return { type: 'charge.dispute.created', object: { payment_intent: paid.paymentIntent } };
    },
    decide(pageId, isWon) {
      const { disputes, paymentIntent } = page(pageId);
      const [dispute] = disputes;
      if (dispute?.state !== 'open') return null;
      const isLost = !isWon && dispute.isWithdrawn;
      Object.assign(dispute, { state: isLost ? 'lost' : 'won', isWithdrawn: isLost });
      return { type: 'charge.dispute.closed', object: { payment_intent: paymentIntent } };
    },
    of(enrollmentId) {
      const paid = [...pages.values()].filter((each) => each.enrollmentId === enrollmentId && each.isPaid);
      const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0);
      return { came: sum(paid.map(({ amountMinor }) => amountMinor)), went: sum(paid.map(wentOf)) };
    },
    shut(wanted) {
      isShut = wanted;
    },
    clear() {
      pages.clear();
      isShut = false;
    },
  };
}

/** What has gone of a page's payment, by refunds that were not returned and by disputes. */
function wentOf({ refunds, disputes }: Page): number {
  const gone = [...refunds.filter(({ status }) => status !== 'failed'), ...disputes.filter((each) => each.isWithdrawn)];
  return gone.reduce((total, { amountMinor }) => total + amountMinor, 0);
}

function leftOf(page: Page): number {
  return page.isPaid ? page.amountMinor - wentOf(page) : 0;
}

function shapeOf({ id, paymentIntent, amountMinor, currency, enrollmentId, isPaid }: Page): object {
  const amounts = { amount_total: amountMinor, amount_subtotal: amountMinor, currency: currency.toLowerCase() };
  const ids = { id, payment_intent: paymentIntent, client_reference_id: enrollmentId, expires_at: 4_102_444_800 };
  return { ...ids, ...amounts, status: 'complete', payment_status: isPaid ? 'paid' : 'unpaid' };
}
