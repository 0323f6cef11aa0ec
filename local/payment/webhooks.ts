import { createHmac } from 'node:crypto';
import type { Faults } from '../control/faults.ts';
import type { PaymentEvent } from './payment.schema.ts';
import { newId, nowSeconds, type PaymentStore } from './payment-store.ts';

/** Where webhooks go, and the secret that signs them (`whsec_…`). */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** Sends the receiver what happened, and again until it answers with 2xx. */
export interface Webhooks {
  /** Stores one event for each of `changes` and delivers them in order, or as the faults that hold would have it. */
  emit(changes: { type: string; object: object }[]): void;
  /** Delivers the unacknowledged stored events again: after a restart, or when a target appears. */
  resume(): void;
  /** Sends to another target from now on; undefined sends nowhere and keeps the events pending. */
  setTarget(target: WebhookTarget | undefined): void;
  /** Drops everything that waits, and resolves when what is under way has been answered. */
  forget(): Promise<void>;
  /** Drops everything and cuts off what is under way. */
  stop(): Promise<void>;
}

/** Waits between tries, in milliseconds: quick at first since a local receiver is back in seconds, then every 30 s. */
const retryAfterMs = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
const answerWithinMs = 10_000;

/** `Stripe-Signature` for a body: HMAC-SHA256 over `timestamp.body`, as Stripe's SDK checks it. */
export function signWebhook(input: { body: string; secret: string; atSeconds: number }): string {
  const signature = createHmac('sha256', input.secret).update(`${input.atSeconds}.${input.body}`).digest('hex');
  return `t=${input.atSeconds},v1=${signature}`;
}

/** Creates the sender of webhooks. */
export function createWebhooks(input: {
  store: PaymentStore;
  faults: Faults;
  apiVersion: string;
  target: WebhookTarget | undefined;
}): Webhooks {
  const { store, faults } = input;
  let target = input.target;
  const stopping = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();
  let era = 0;

  function after(delayMs: number, work: () => Promise<void>): void {
    if (stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const working = work();
      underWay.add(working);
      void working.finally(() => underWay.delete(working));
    }, delayMs);
    timers.add(timer);
  }

  async function deliver(event: PaymentEvent, attempt: number): Promise<void> {
    if (target === undefined) return;
    const begunIn = era;
    const isForged = takes('webhookForged', event);
    const secret = isForged ? 'whsec_of_somebody_else' : target.secret;
    const isAcknowledged = await post({ url: target.url, secret, event, signal: stopping.signal });
    // What was forgotten meanwhile must not come back, neither in the store nor as another try.
    if (era !== begunIn) return;
    if (isAcknowledged) store.events.put(event.id, { ...event, pending_webhooks: 0 });
    else after(retryAfterMs[Math.min(attempt, retryAfterMs.length - 1)] ?? 0, () => deliver(event, attempt + 1));
  }

  async function deliverAll(events: PaymentEvent[]): Promise<void> {
    const begunIn = era;
    for (const event of events) {
      if (era !== begunIn) return;
      await deliver(event, 0);
      if (era === begunIn && takes('webhookTwice', event)) await deliver(event, 0);
    }
  }

  function takes(
    fault: 'webhookForged' | 'webhookTwice' | 'webhookNever' | 'webhookReordered',
    event: PaymentEvent,
  ): boolean {
    const text = JSON.stringify(event);
    return faults.take({ service: 'payment', text, accepts: (each) => each.fault === fault }) !== undefined;
  }

  return {
    emit(changes) {
      const events = changes.map(({ type, object }) => createEvent(input.apiVersion, type, object));
      for (const event of events) store.events.put(event.id, event);
      const [first] = events;
      if (first === undefined) return;
      // A webhook that never comes is lost: it is not sent again.
      const sent = events.filter((event) => !takes('webhookNever', event));
      for (const event of events)
        if (!sent.includes(event)) store.events.put(event.id, { ...event, pending_webhooks: 0 });
      const text = JSON.stringify(events);
      const late = faults.take({ service: 'payment', text, accepts: (each) => each.fault === 'webhookLate' });
      const ordered = takes('webhookReordered', first) ? sent.toReversed() : sent;
      after(late?.fault === 'webhookLate' ? late.delayMs : 0, () => deliverAll(ordered));
    },
    resume() {
      const pending = store.events.values().filter((event) => event.pending_webhooks > 0);
      after(0, () => deliverAll(pending));
    },
    setTarget(next) {
      target = next;
    },
    forget,
    stop() {
      stopping.abort();
      return forget();
    },
  };

  async function forget(): Promise<void> {
    era += 1;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    await Promise.all(underWay);
  }
}

async function post(input: {
  url: string;
  secret: string;
  event: PaymentEvent;
  signal: AbortSignal;
}): Promise<boolean> {
  const body = JSON.stringify(input.event);
  try {
    const response = await fetch(input.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'stripe-signature': signWebhook({ body, secret: input.secret, atSeconds: nowSeconds() }),
      },
      body,
      signal: AbortSignal.any([input.signal, AbortSignal.timeout(answerWithinMs)]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function createEvent(apiVersion: string, type: string, object: object): PaymentEvent {
  return {
    id: newId('evt'),
    object: 'event',
    type,
    api_version: apiVersion,
    created: nowSeconds(),
    livemode: false,
    pending_webhooks: 1,
    request: null,
    data: { object: { ...object } },
  };
}
