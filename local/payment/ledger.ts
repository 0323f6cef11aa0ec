import type { Faults } from '../control/faults.ts';
import type { Journal } from '../control/journal.ts';
import type { PaymentIntent, Refund, Session } from './payment.schema.ts';
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
  /** Pays an open session. A session that is paid stays as it is. @throws PaymentRefusal if it is expired. */
  pay(id: string): Session;
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
    pay(id) {
      const session = current(id);
      if (session.payment_status === 'paid') return session;
      if (session.status !== 'open') throw invalid('This session is expired.', 'checkout_session_expired');
      const intent: PaymentIntent = {
        id: newId('pi'),
        object: 'payment_intent',
        status: 'succeeded',
        amount: session.amount_total,
        amount_received: session.amount_total,
        currency: session.currency,
        metadata: session.metadata,
        created: nowSeconds(),
        livemode: false,
      };
      store.intents.put(intent.id, intent);
      const paid = save(
        { ...session, status: 'complete', payment_status: 'paid', payment_intent: intent.id, url: null },
        'session.paid',
      );
      webhooks.emit([
        { type: 'payment_intent.succeeded', object: intent },
        { type: 'checkout.session.completed', object: paid },
      ]);
      return paid;
    },
    decline(id) {
      const session = current(id);
      if (session.status !== 'open') throw invalid('This session is not open.', 'checkout_session_not_open');
      journal.append({ kind: 'session.declined', key: session.client_reference_id ?? id, details: { id } });
      const intent: PaymentIntent = {
        id: newId('pi'),
        object: 'payment_intent',
        status: 'requires_payment_method',
        amount: session.amount_total,
        amount_received: 0,
        currency: session.currency,
        metadata: session.metadata,
        created: nowSeconds(),
        livemode: false,
      };
      store.intents.put(intent.id, intent);
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
      const left = intent.amount_received - given;
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
      webhooks.emit(fails === undefined ? events : [...events, { type: 'refund.failed', object: refund }]);
      return refund;
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
