import type { Faults } from '../control/faults.ts';
import type { PaymentFault } from '../control/faults.schema.ts';
import { stripeApiVersion } from '../../platform/stripe/api-version.ts';
import { startHttpServer, type DoubleReply, type DoubleRequest, type RunningServer } from '../control/http-server.ts';
import type { Journal } from '../control/journal.ts';
import { createPaymentLedger, PaymentRefusal } from './ledger.ts';
import { payPage } from './pay-page.ts';
import { createPaymentApi, failure } from './payment-api.ts';
import type { Session } from './payment.schema.ts';
import { openPaymentStore, type PaymentStore } from './payment-store.ts';
import { createWebhooks, type WebhookTarget } from './webhooks.ts';

/** The payment double. */
export interface PaymentDouble extends RunningServer {
  store: PaymentStore;
  /** Pays a session as a person would on its page; a fault of how it is paid counts. @throws PaymentRefusal */
  pay(sessionId: string): Session;
  /** Does to a session, or to its payment, what its payer, their bank or the school can do. @throws PaymentRefusal */
  act(sessionId: string, act: PaymentAct, amount?: number): object;
  /** Sends webhooks there from now on, and the unacknowledged ones again. */
  setWebhookTarget(target: WebhookTarget | undefined): void;
  /** Forgets sessions, payments, refunds, keys and webhooks that wait. */
  clear(): Promise<void>;
}

/** What can be done to a session from outside: by its payer, their bank, or the school at the service itself. */
export const paymentActs = [
  'pay',
  'delay',
  'succeed',
  'fail',
  'expire',
  'refund',
  'failRefund',
  'dispute',
  'win',
  'lose',
] as const;
export type PaymentAct = (typeof paymentActs)[number];

const waysToPay = ['decline', 'delayed', 'discount', 'otherAmount', 'otherCurrency'] as const;
const isWayToPay = (fault: string): boolean => waysToPay.some((way) => way === fault);

/**
 * Starts a Stripe-shaped server on loopback: checkout sessions, payment intents, refunds, events, idempotency keys, signed
 * webhooks, and `/pay/{session}`, where a person pays or is declined. A restart keeps all of it.
 */
export async function startPaymentDouble(input: {
  port: number;
  home: string;
  faults: Faults;
  journal: Journal;
  webhook: WebhookTarget | undefined;
}): Promise<PaymentDouble> {
  const { faults, journal } = input;
  const store = openPaymentStore(input.home);
  const webhooks = createWebhooks({ store, faults, apiVersion: stripeApiVersion, target: input.webhook });
  let port = input.port;
  const ledger = createPaymentLedger({ store, journal, webhooks, faults, publicUrl: () => `http://127.0.0.1:${port}` });
  const answerApi = createPaymentApi({ ledger, store });

  function pay(sessionId: string): Session {
    const text = JSON.stringify(ledger.session(sessionId));
    const fault = faults.take({ service: 'payment', text, accepts: (each) => isWayToPay(each.fault) });
    switch (fault?.fault) {
      case 'decline':
        return ledger.decline(sessionId);
      case 'delayed':
        return ledger.pay(sessionId, { delayed: true });
      case 'discount':
        return ledger.pay(sessionId, { amount: fault.amountMinor });
      case 'otherAmount':
        return ledger.pay(sessionId, { amount: fault.amountMinor, listed: false });
      case 'otherCurrency':
        return ledger.pay(sessionId, { currency: fault.currency });
      default:
        return ledger.pay(sessionId);
    }
  }

  function act(sessionId: string, name: PaymentAct, amount?: number): object {
    const intentId = (): string => ledger.session(sessionId).payment_intent ?? '';
    switch (name) {
      case 'pay':
        return pay(sessionId);
      case 'delay':
        return ledger.pay(sessionId, { delayed: true });
      case 'succeed':
        return ledger.settle(sessionId, 'succeeded');
      case 'fail':
        return ledger.settle(sessionId, 'failed');
      case 'expire':
        return ledger.expire(sessionId);
      case 'refund':
        return ledger.refund({ intentId: intentId(), amount, reason: null, metadata: {} });
      case 'failRefund':
        return ledger.failRefund(intentId());
      case 'dispute':
        return ledger.dispute(intentId());
      case 'win':
        return ledger.closeDispute(intentId(), 'won');
      case 'lose':
        return ledger.closeDispute(intentId(), 'lost');
    }
  }

  async function api(request: DoubleRequest): Promise<DoubleReply> {
    const text = `${request.url.pathname} ${decodeURIComponent(request.body.replaceAll('+', ' '))}`;
    const take = (...names: PaymentFault['fault'][]): PaymentFault | undefined =>
      faults.take({ service: 'payment', text, accepts: (fault) => names.includes(fault.fault) });
    const slow = take('slow');
    if (slow?.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, slow.delayMs));
    const before = take('status', 'hang', 'reset');
    if (before?.fault === 'status') return refusedOnPurpose(before.status, before.retryAfterSeconds);
    if (before !== undefined) return { status: 200, misbehave: before.fault === 'hang' ? 'hang' : 'reset' };
    const reply = answerApi(request);
    const after = take('timeoutAfterCommit', 'resetAfterCommit');
    if (after === undefined) return reply;
    return { ...reply, misbehave: after.fault === 'timeoutAfterCommit' ? 'hang' : 'reset' };
  }

  function personPays(request: DoubleRequest, id: string): DoubleReply {
    const session = ledger.session(id);
    if (request.method !== 'POST' || session.status !== 'open') return { status: 200, html: payPage({ session }) };
    if (new URLSearchParams(request.body).get('outcome') === 'decline') {
      return {
        status: 200,
        html: payPage({ session: ledger.decline(id), note: 'The bank declined. You may try again.' }),
      };
    }
    const paid = pay(id);
    if (paid.status === 'open') return { status: 200, html: payPage({ session: paid, note: 'The bank declined.' }) };
    return { status: 303, headers: { location: paid.success_url.replaceAll('{CHECKOUT_SESSION_ID}', id) } };
  }

  async function handle(request: DoubleRequest): Promise<DoubleReply> {
    const id = /^\/pay\/(cs_test_\w+)$/.exec(request.url.pathname)?.[1];
    try {
      return id === undefined ? await api(request) : personPays(request, id);
    } catch (error) {
      if (error instanceof PaymentRefusal) return failure(error);
      throw error;
    }
  }

  const server = await startHttpServer({ port: input.port, handle });
  port = server.port;
  webhooks.resume();
  return {
    port,
    store,
    pay,
    act,
    setWebhookTarget(target) {
      webhooks.setTarget(target);
      webhooks.resume();
    },
    async clear() {
      await webhooks.forget();
      store.clear();
    },
    stop: async () => {
      await Promise.all([webhooks.stop(), server.stop()]);
      store.close();
    },
  };
}

function refusedOnPurpose(status: number, retryAfterSeconds: number | undefined): DoubleReply {
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'api_error' : 'invalid_request_error';
  const reply = failure(new PaymentRefusal({ status, type, code: 'refused', message: 'Refused on purpose.' }));
  const waiting = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return { ...reply, headers: { ...reply.headers, ...waiting } };
}
