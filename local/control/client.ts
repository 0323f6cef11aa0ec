import { z } from 'zod';
import type { LlmSettings } from '../llm/chat.schema.ts';
import { readCaughtMail, type CaughtMail } from '../mail/mail-double.ts';
import type { PaymentAct } from '../payment/payment-double.ts';
import type { FaultRequest } from './faults.schema.ts';
import { JournalEntry, type ServiceName } from './journal.ts';

/** The control API as a typed client, for tests, the demo and the crash suite. Every method throws if the doubles are not there. */
export interface DoublesClient {
  isReady(): Promise<boolean>;
  /** Accepted effects, oldest first; `after` leaves out those up to that `seq`. */
  journal(service: ServiceName, after?: number): Promise<JournalEntry[]>;
  /** The caught mails, taken apart, oldest first. */
  mails(after?: number): Promise<CaughtMail[]>;
  addFault(fault: FaultRequest): Promise<void>;
  clearFaults(service?: ServiceName): Promise<void>;
  /** Forgets journals, stored objects, faults and settings. */
  reset(): Promise<void>;
  configureLlm(change: Partial<LlmSettings>): Promise<void>;
  /** Sends webhooks there from now on; null sends them nowhere. */
  setPaymentWebhook(target: { url: string; secret: string } | null): Promise<void>;
  /** Does to a checkout session, or its payment, what its payer, their bank or the school can do. */
  actOnSession(sessionId: string, act: PaymentAct, amountMinor?: number): Promise<void>;
  /** Pays a checkout session as its customer would. */
  paySession(sessionId: string): Promise<{ paymentStatus: z.infer<typeof Paid>['payment_status'] }>;
}

const Paid = z.object({ payment_status: z.enum(['paid', 'unpaid', 'no_payment_required']) });

/** Creates a client for doubles that run at `baseUrl`, for example `http://127.0.0.1:4010`. */
export function createDoublesClient(baseUrl: string): DoublesClient {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  async function journal(service: ServiceName, after = 0): Promise<JournalEntry[]> {
    return z.array(JournalEntry).parse(await call('GET', `/journal/${service}?after=${after}`));
  }

  return {
    isReady: () =>
      call('GET', '/ready').then(
        () => true,
        () => false,
      ),
    journal,
    mails: async (after) => Promise.all((await journal('mail', after)).map(readCaughtMail)),
    addFault: async (fault) => void (await call('POST', '/faults', fault)),
    clearFaults: async (service) =>
      void (await call('DELETE', service === undefined ? '/faults' : `/faults?service=${service}`)),
    reset: async () => void (await call('POST', '/reset')),
    configureLlm: async (change) => void (await call('PATCH', '/llm/settings', change)),
    setPaymentWebhook: async (target) => void (await call('PUT', '/payment/webhook', target)),
    actOnSession: async (sessionId, act, amountMinor) =>
      void (await call('POST', `/payment/sessions/${sessionId}/${act}`, { amountMinor })),
    async paySession(sessionId) {
      const session = Paid.parse(await call('POST', `/payment/sessions/${sessionId}/pay`));
      return { paymentStatus: session.payment_status };
    },
  };
}
