import { randomBytes } from 'node:crypto';
import { openDurableMap, type DurableMap } from '../control/durable-map.ts';
import { Dispute, KeptAnswer, PaymentEvent, PaymentIntent, Refund, Session } from './payment.schema.ts';

/** What the provider holds; a restart keeps it. */
export interface PaymentStore {
  sessions: DurableMap<Session>;
  intents: DurableMap<PaymentIntent>;
  refunds: DurableMap<Refund>;
  disputes: DurableMap<Dispute>;
  events: DurableMap<PaymentEvent>;
  answers: DurableMap<KeptAnswer>;
  clear(): void;
  close(): void;
}

/** Opens the store in `home`. */
export function openPaymentStore(home: string): PaymentStore {
  const sessions = openDurableMap({ home, name: 'payment-sessions', schema: Session });
  const intents = openDurableMap({ home, name: 'payment-intents', schema: PaymentIntent });
  const refunds = openDurableMap({ home, name: 'payment-refunds', schema: Refund });
  const disputes = openDurableMap({ home, name: 'payment-disputes', schema: Dispute });
  const events = openDurableMap({ home, name: 'payment-events', schema: PaymentEvent });
  const answers = openDurableMap({ home, name: 'payment-answers', schema: KeptAnswer });
  const all = [sessions, intents, refunds, disputes, events, answers];
  return {
    sessions,
    intents,
    refunds,
    disputes,
    events,
    answers,
    clear: () => all.forEach((map) => map.clear()),
    close: () => all.forEach((map) => map.close()),
  };
}

/** An id as Stripe forms them: a prefix and 24 characters. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** The current time in Unix seconds. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
