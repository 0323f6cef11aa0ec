import type { Faults } from '../control/faults.ts';
import type { Journal } from '../control/journal.ts';
import type { Dispute, PaymentIntent, Refund, Session } from './payment.schema.ts';
import { newId, nowSeconds, type PaymentStore } from './payment-store.ts';
import type { Webhooks } from './webhooks.ts';

/** An answer that refuses, in Stripe's words. */
export class PaymentRefusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string;

  /** Creates the refusal; `type` and `code` are those of Stripe's error object. */
  constructor(input: { status: number; type: string; code: string; message: string }) {
    super(input.message);
    this.status = input.status;
    this.type = input.type;
    this.code = input.code;
  }
}

/** What can happen to money in the double. Each change is journalled and then sent to the webhooks, in that order. */
export interface PaymentLedger {
  open(
    input: Pick<
      Session,
      | 'amount_total'
      | 'currency'
      | 'client_reference_id'
      | 'customer_email'
      | 'metadata'
      | 'success_url'
      | 'cancel_url'
      | 'description'
      | 'expires_at'
    >,
  ): Session;
  session(id: string): Session;
  /**
   * Pays an open session, with what its amount is then; nothing is left to pay where that is 0. With `delayed` the money is under way until it
   * is settled. A session that is paid stays as it is. @throws PaymentRefusal if it is expired.
   */
  pay(id: string, how?: { amount?: number; currency?: string; listed?: boolean; delayed?: boolean }): Session;
  /** What becomes of money that was under way. @throws PaymentRefusal if none is. */
  settle(id: string, outcome: 'succeeded' | 'failed'): Session;
  /** A payment that the bank refuses; the session stays open. */
  decline(id: string): Session;
  /** Ends an open session. @throws PaymentRefusal if it is paid. */
  expire(id: string): Session;
  intent(id: string): PaymentIntent;
  /** Gives money back. @throws PaymentRefusal if more is asked than is left. */
  refund(input: {
    intentId: string;
    amount: number | undefined;
    reason: string | null;
    metadata: Record<string, string>;
  }): Refund;
  /** The bank returns the last refund of a payment, days later. @throws PaymentRefusal if there is none. */
  failRefund(intentId: string): Refund;
  /** The payer's bank takes the money of a payment back, until it has decided. */
  dispute(intentId: string): Dispute;
  /** The bank decides its open dispute. @throws PaymentRefusal if none is open. */
  closeDispute(intentId: string, status: 'won' | 'lost'): Dispute;
}

/** Creates the ledger on a store. `publicUrl` is where the pay page of a session is. */
export function createPaymentLedger(input: {
  store: PaymentStore;
  journal: Journal;
  webhooks: Webhooks;
  faults: Faults;
  publicUrl: () => string;
}): PaymentLedger {
  const { store, journal, webhooks, faults } = input;

  function save(session: Session, kind: string): Session {
    store.sessions.put(session.id, session);
    journal.append({ kind, key: session.client_reference_id ?? session.id, details: { ...session } });
    return session;
  }

  function current(id: string): Session {
    const session = store.sessions.get(id);
    if (session === undefined) throw missing('checkout.session', id);
    if (session.status !== 'open' || session.expires_at > nowSeconds()) return session;
    return ended(session);
  }

  function ended(session: Session): Session {
    const expired = save({ ...session, status: 'expired', url: null }, 'session.expired');
    webhooks.emit([{ type: 'checkout.session.expired', object: expired }]);
    return expired;
  }

  function intentOf(session: Session, status: PaymentIntent['status']): PaymentIntent {
    const intent: PaymentIntent = {
      id: newId('pi'),
      object: 'payment_intent',
      status,
      amount: session.amount_total,
      amount_received: status === 'succeeded' ? session.amount_total : 0,
      currency: session.currency,
      metadata: session.metadata,
      created: nowSeconds(),
      livemode: false,
    };
    store.intents.put(intent.id, intent);
    return intent;
  }

  function keepDispute(dispute: Dispute, types: string[]): Dispute {
    store.disputes.put(dispute.id, dispute);
    journal.append({ kind: `dispute.${dispute.status}`, key: dispute.payment_intent, details: { ...dispute } });
    webhooks.emit(types.map((type) => ({ type, object: dispute })));
    return dispute;
  }

  function chargeOf(intent: PaymentIntent): object {
    return { id: `ch_${intent.id}`, object: 'charge', payment_intent: intent.id, metadata: intent.metadata };
  }

  return {
    open(details) {
      const id = newId('cs_test');
      return save(
        {
          id,
          object: 'checkout.session',
          mode: 'payment',
          status: 'open',
          payment_status: 'unpaid',
          payment_intent: null,
          url: `${input.publicUrl()}/pay/${id}`,
          created: nowSeconds(),
          livemode: false,
          ...details,
        },
        'session.created',
      );
    },
    session: current,
    pay(id, { amount, currency, listed = true, delayed = false } = {}) {
      const session = current(id);
      if (session.payment_status === 'paid') return session;
      if (session.status !== 'open') throw invalid('This session is expired.', 'checkout_session_expired');
      const amounts = {
        amount_total: amount ?? session.amount_total,
        amount_subtotal: listed ? session.amount_total : (amount ?? session.amount_total),
        currency: currency ?? session.currency,
      };
      const done = { ...session, ...amounts, status: 'complete', url: null } as const;
      if (amounts.amount_total === 0) {
        const free = save({ ...done, payment_status: 'no_payment_required' }, 'session.paid');
        webhooks.emit([{ type: 'checkout.session.completed', object: free }]);
        return free;
      }
      const intent = intentOf(done, delayed ? 'processing' : 'succeeded');
      const payment = { payment_intent: intent.id, payment_status: delayed ? 'unpaid' : 'paid' } as const;
      const paid = save({ ...done, ...payment }, delayed ? 'session.underWay' : 'session.paid');
      webhooks.emit([
        { type: delayed ? 'payment_intent.processing' : 'payment_intent.succeeded', object: intent },
        { type: 'checkout.session.completed', object: paid },
      ]);
      return paid;
    },
    settle(id, outcome) {
      const session = current(id);
      const intent = store.intents.get(session.payment_intent ?? '');
      if (intent?.status !== 'processing') throw invalid('No money of this session is under way.', 'not_processing');
      const hasCome = outcome === 'succeeded';
      const status = hasCome ? 'succeeded' : 'requires_payment_method';
      const settled = { ...intent, status, amount_received: hasCome ? intent.amount : 0 } as const;
      store.intents.put(intent.id, settled);
      const paid = save(
        { ...session, payment_status: hasCome ? 'paid' : 'unpaid' },
        hasCome ? 'session.paid' : 'session.failed',
      );
      webhooks.emit([
        { type: hasCome ? 'payment_intent.succeeded' : 'payment_intent.payment_failed', object: settled },
        { type: `checkout.session.async_payment_${outcome}`, object: paid },
      ]);
      return paid;
    },
    decline(id) {
      const session = current(id);
      if (session.status !== 'open') throw invalid('This session is not open.', 'checkout_session_not_open');
      journal.append({ kind: 'session.declined', key: session.client_reference_id ?? id, details: { id } });
      const intent = intentOf(session, 'requires_payment_method');
      webhooks.emit([{ type: 'payment_intent.payment_failed', object: intent }]);
      return session;
    },
    expire(id) {
      const session = current(id);
      if (session.status !== 'open') {
        throw invalid(
          `Only an open session can be expired; this one is ${session.status}.`,
          'resource_already_completed',
        );
      }
      return ended(session);
    },
    intent(id) {
      const intent = store.intents.get(id);
      if (intent === undefined) throw missing('payment_intent', id);
      return intent;
    },
    refund({ intentId, amount, reason, metadata }) {
      const intent = store.intents.get(intentId);
      if (intent === undefined) throw missing('payment_intent', intentId);
      const given = store.refunds
        .values()
        .filter((refund) => refund.payment_intent === intentId && refund.status === 'succeeded')
        .reduce((sum, refund) => sum + refund.amount, 0);
      const taken = store.disputes
        .values()
        .filter((dispute) => dispute.payment_intent === intentId && dispute.status !== 'won')
        .reduce((sum, dispute) => sum + dispute.amount, 0);
      const left = intent.amount_received - given - taken;
      const asked = amount ?? left;
      if (left <= 0) throw invalid('This charge has already been refunded.', 'charge_already_refunded');
      if (asked > left || asked <= 0) throw invalid('The amount is more than what is left.', 'amount_too_large');
      const fails = faults.take({
        service: 'payment',
        text: intentId,
        accepts: (each) => each.fault === 'refundFails',
      });
      const refund: Refund = {
        id: newId('re'),
        object: 'refund',
        status: fails === undefined ? 'succeeded' : 'failed',
        amount: asked,
        currency: intent.currency,
        payment_intent: intentId,
        reason,
        metadata,
        created: nowSeconds(),
        ...(fails === undefined ? {} : { failure_reason: 'expired_or_canceled_card' }),
      };
      store.refunds.put(refund.id, refund);
      journal.append({ kind: `refund.${refund.status}`, key: intentId, details: { ...refund } });
      const events = [{ type: 'refund.created', object: refund }];
      const follows = { type: fails === undefined ? 'charge.refunded' : 'refund.failed' };
      webhooks.emit([...events, { ...follows, object: fails === undefined ? chargeOf(intent) : refund }]);
      return refund;
    },
    failRefund(intentId) {
      const refund = store.refunds
        .values()
        .findLast((each) => each.payment_intent === intentId && each.status === 'succeeded');
      if (!refund) throw invalid('Nothing of this payment was refunded.', 'no_refund');
      const failed: Refund = { ...refund, status: 'failed', failure_reason: 'lost_or_stolen_card' };
      store.refunds.put(failed.id, failed);
      journal.append({ kind: 'refund.failed', key: intentId, details: { ...failed } });
      webhooks.emit([
        { type: 'refund.failed', object: failed },
        { type: 'charge.refund.updated', object: failed },
      ]);
      return failed;
    },
    dispute(intentId) {
      const intent = store.intents.get(intentId);
      if (intent === undefined) throw missing('payment_intent', intentId);
      const dispute: Dispute = {
        id: newId('du'),
        object: 'dispute',
        status: 'needs_response',
        amount: intent.amount_received,
        currency: intent.currency,
        payment_intent: intentId,
        balance_transactions: [{ amount: -intent.amount_received }],
        created: nowSeconds(),
        livemode: false,
      };
      return keepDispute(dispute, ['charge.dispute.created', 'charge.dispute.funds_withdrawn']);
    },
    closeDispute(intentId, status) {
      const dispute = store.disputes
        .values()
        .findLast((each) => each.payment_intent === intentId && each.status === 'needs_response');
      if (!dispute) throw invalid('No dispute of this payment is open.', 'no_dispute');
      const back = status === 'won' ? [{ amount: dispute.amount }] : [];
      const closed = { ...dispute, status, balance_transactions: [...dispute.balance_transactions, ...back] };
      const follows = status === 'won' ? ['charge.dispute.funds_reinstated'] : [];
      return keepDispute(closed, ['charge.dispute.closed', ...follows]);
    },
  };
}

function missing(type: string, id: string): PaymentRefusal {
  return new PaymentRefusal({
    status: 404,
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${type}: '${id}'`,
  });
}

function invalid(message: string, code: string): PaymentRefusal {
  return new PaymentRefusal({ status: 400, type: 'invalid_request_error', code, message });
}
