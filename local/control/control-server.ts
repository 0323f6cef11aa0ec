import { z } from 'zod';
import type { LlmDouble } from '../llm/llm-double.ts';
import { LlmSettings } from '../llm/chat.schema.ts';
import { answerMailPage } from '../mail/mail-pages.ts';
import { PaymentRefusal } from '../payment/ledger.ts';
import { failure } from '../payment/payment-api.ts';
import { paymentActs, type PaymentAct, type PaymentDouble } from '../payment/payment-double.ts';
import { paymentsPage } from '../payment/payments-page.ts';
import type { Faults } from './faults.ts';
import { FaultRequest } from './faults.schema.ts';
import { parseJson, startHttpServer, type DoubleReply, type DoubleRequest, type RunningServer } from './http-server.ts';
import { ServiceName, type Journal } from './journal.ts';
import { page } from './page.ts';

/** What the control API works on. */
export interface ControlledParts {
  faults: Faults;
  journals: Record<ServiceName, Journal>;
  llm: LlmDouble;
  payment: PaymentDouble;
  /** Forgets everything: journals, stored objects, faults, settings. */
  reset: () => Promise<void>;
}

/** What `POST /payment/sessions/{id}/{act}` takes: how much is refunded, all that is left without it. */
const ActInput = z.strictObject({ amountMinor: z.int().min(1).optional() });

const isPaymentAct = (name: string | undefined): name is PaymentAct => paymentActs.some((act) => act === name);

/** Where webhooks go; null sends them nowhere. */
export const WebhookSetting = z.union([z.null(), z.strictObject({ url: z.url(), secret: z.string().min(1) })]);

/**
 * Starts the control API and the pages for people. JSON: `GET /ready`, `GET /journal/{service}?after=seq`, `GET`, `POST` and `DELETE /faults`,
 * `POST /reset`, `GET` and `PATCH /llm/settings`, `PUT /payment/webhook`, and `POST /payment/sessions/{id}/{act}` with an act
 * of `paymentActs`. Pages: `/`, `/mail`, and `/payments`, which has a button for each act.
 */
export function startControlServer(input: { port: number; parts: ControlledParts }): Promise<RunningServer> {
  const { parts } = input;

  async function handle(request: DoubleRequest): Promise<DoubleReply> {
    if (!isFromHere(request.headers))
      return { status: 403, json: { error: 'Only pages and programs of this machine.' } };
    const path = request.url.pathname;
    const [, service] = /^\/journal\/(\w+)$/.exec(path) ?? [];
    if (request.method === 'GET' && service !== undefined) return journalOf(service, request.url);
    const [, sessionId, act] = /^\/payment\/sessions\/(\w+)\/(\w+)$/.exec(path) ?? [];
    if (request.method === 'POST' && sessionId !== undefined && isPaymentAct(act))
      return acted(sessionId, act, request);
    switch (`${request.method} ${path}`) {
      case 'GET /ready':
        return ok({ status: 'ready' });
      case 'GET /':
        return { status: 200, html: indexPage(parts) };
      case 'GET /payments':
        return { status: 200, html: paymentsPage(parts.payment.store) };
      case 'GET /faults':
        return ok(parts.faults.list());
      case 'POST /faults':
        return withBody(FaultRequest, request, (fault) => parts.faults.add(fault));
      case 'DELETE /faults':
        return clearFaults(request.url.searchParams.get('service'));
      case 'POST /reset':
        await parts.reset();
        return ok({});
      case 'GET /llm/settings':
        return ok(parts.llm.settings());
      case 'PATCH /llm/settings':
        return withBody(LlmSettings.partial(), request, (change) => parts.llm.configure(withoutUndefined(change)));
      case 'PUT /payment/webhook':
        return withBody(WebhookSetting, request, (target) => {
          parts.payment.setWebhookTarget(target ?? undefined);
          return {};
        });
      default:
        return (
          (await mailPage(request, path)) ?? {
            status: 404,
            json: { error: `There is nothing at ${request.method} ${path}.` },
          }
        );
    }
  }

  function mailPage(request: DoubleRequest, path: string): Promise<DoubleReply | undefined> {
    return request.method === 'GET' ? answerMailPage(path, parts.journals.mail) : Promise.resolve(undefined);
  }

  function journalOf(name: string, url: URL): DoubleReply {
    const service = ServiceName.safeParse(name);
    if (!service.success) return { status: 404, json: { error: `No double is called ${name}.` } };
    const after = Number(url.searchParams.get('after') ?? 0);
    return ok(parts.journals[service.data].entries().filter((entry) => entry.seq > after));
  }

  function clearFaults(name: string | null): DoubleReply {
    const service = ServiceName.nullable().safeParse(name);
    if (!service.success) return { status: 400, json: { error: `No double is called ${name ?? ''}.` } };
    parts.faults.clear(service.data ?? undefined);
    return ok({});
  }

  function acted(sessionId: string, act: PaymentAct, request: DoubleRequest): DoubleReply {
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const given = isForm || request.body === '' ? {} : parseJson(request.body);
    const { success, data } = ActInput.safeParse(given);
    if (!success) return { status: 400, json: { error: 'Expected { amountMinor } or nothing.' } };
    try {
      const done = parts.payment.act(sessionId, act, data.amountMinor);
      return isForm ? { status: 303, headers: { location: '/payments' } } : ok(done);
    } catch (error) {
      if (error instanceof PaymentRefusal) return failure(error);
      throw error;
    }
  }

  return startHttpServer({ port: input.port, handle });
}

function ok(json: unknown): DoubleReply {
  return { status: 200, json };
}

function withBody<Body>(schema: z.ZodType<Body>, request: DoubleRequest, work: (body: Body) => unknown): DoubleReply {
  const parsed = schema.safeParse(parseJson(request.body));
  return parsed.success ? ok(work(parsed.data)) : { status: 400, json: { error: z.prettifyError(parsed.error) } };
}

function withoutUndefined(change: { [K in keyof LlmSettings]?: LlmSettings[K] | undefined }): Partial<LlmSettings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function indexPage(parts: ControlledParts): string {
  const rows = ServiceName.options.map((service) => {
    const count = parts.journals[service].entries().length;
    const mails = service === 'mail' ? ' · <a href="/mail">read the mails</a>' : '';
    const payments = service === 'payment' ? ' · <a href="/payments">pay, refund, dispute</a>' : '';
    return `<tr><td>${service}</td><td>${count}</td><td><a href="/journal/${service}">journal</a>${mails}${payments}</td></tr>`;
  });
  const faults = parts.faults.list().length;
  const body = `<p class="note">Stand-ins for the outside services of a local Throughline. Nothing here leaves this machine.</p>
    <table><thead><tr><th>Service</th><th>Effects accepted</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>
    <p><a href="/faults">${faults} ${faults === 1 ? 'fault is' : 'faults are'} switched on</a> · <a href="/llm/settings">settings of the LLM stub</a></p>`;
  return page({ title: 'Local doubles', body });
}

/**
 * Whether a request is meant for this machine and sent by a program of it or by a page of this server: any page that a browser shows can
 * send to loopback, under its own origin or under a name of its own that leads here.
 */
function isFromHere({ host = '', origin }: Record<string, string>): boolean {
  const isLoopback = (name: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(name);
  return isLoopback(host) && (origin === undefined || origin === `http://${host}`);
}
