import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DoubleReply, DoubleRequest } from '../control/http-server.ts';
import { decodeForm } from './form.ts';
import { PaymentRefusal, type PaymentLedger } from './ledger.ts';
import type { Session } from './payment.schema.ts';
import { newId, nowSeconds, type PaymentStore } from './payment-store.ts';

const Metadata = z.record(z.string(), z.string()).default({});
const CreateSession = z.object({
  mode: z.literal('payment'),
  success_url: z.string(),
  cancel_url: z.string().optional(),
  client_reference_id: z.string().optional(),
  customer_email: z.string().optional(),
  expires_at: z.coerce.number().int().optional(),
  metadata: Metadata,
  line_items: z
    .array(
      z.object({
        quantity: z.coerce.number().int().min(1),
        price_data: z.object({
          currency: z.string().length(3),
          unit_amount: z.coerce.number().int().min(0),
          product_data: z.object({ name: z.string() }),
        }),
      }),
    )
    .min(1),
});
const CreateRefund = z.object({
  payment_intent: z.string(),
  amount: z.coerce.number().int().optional(),
  reason: z.string().optional(),
  metadata: Metadata,
});

/** A session lives a day unless its creator says otherwise, as Stripe's does. */
const sessionSeconds = 86_400;

/** Answers requests to `/v1/…` as Stripe does, including `Idempotency-Key`. */
export function createPaymentApi(input: {
  ledger: PaymentLedger;
  store: PaymentStore;
}): (request: DoubleRequest) => DoubleReply {
  const { ledger, store } = input;

  function route(request: DoubleRequest): unknown {
    const path = request.url.pathname;
    const id = /^\/v1\/(?:checkout\/sessions|payment_intents|refunds|events)\/([^/]+)/.exec(path)?.[1] ?? '';
    const form = decodeForm(request.body);
    switch (`${request.method} ${path.replace(id === '' ? '\0' : id, ':id')}`) {
      case 'POST /v1/checkout/sessions':
        return createSession(parse(CreateSession, form));
      case 'GET /v1/checkout/sessions/:id':
        return expanded(ledger.session(id), request.url);
      case 'POST /v1/checkout/sessions/:id/expire':
        return ledger.expire(id);
      case 'GET /v1/payment_intents':
        return list(request.url, store.intents.values());
      case 'GET /v1/payment_intents/:id':
        return ledger.intent(id);
      case 'POST /v1/refunds':
        return createRefund(parse(CreateRefund, form));
      case 'GET /v1/refunds':
        return list(
          request.url,
          store.refunds.values().filter((refund) => matches(refund, request.url, 'payment_intent')),
        );
      case 'GET /v1/disputes':
        return list(
          request.url,
          store.disputes.values().filter((dispute) => matches(dispute, request.url, 'payment_intent')),
        );
      case 'GET /v1/refunds/:id':
        return known('refund', id, store.refunds.get(id));
      case 'GET /v1/events':
        return list(
          request.url,
          store.events.values().filter((event) => matches(event, request.url, 'type')),
        );
      case 'GET /v1/events/:id':
        return known('event', id, store.events.get(id));
      default:
        return known('route', path, undefined);
    }
  }

  /** The session, with its payment where that was asked for. */
  function expanded(session: Session, url: URL): object {
    const intent = session.payment_intent === null ? undefined : store.intents.get(session.payment_intent);
    const wanted = [...url.searchParams].some(([key, value]) => key.startsWith('expand') && value === 'payment_intent');
    return wanted && intent ? { ...session, payment_intent: intent } : session;
  }

  function createSession(form: z.infer<typeof CreateSession>): unknown {
    const [first] = form.line_items;
    return ledger.open({
      amount_total: form.line_items.reduce((sum, item) => sum + item.quantity * item.price_data.unit_amount, 0),
      currency: first?.price_data.currency ?? 'eur',
      description: form.line_items.map((item) => item.price_data.product_data.name).join(', '),
      client_reference_id: form.client_reference_id ?? null,
      customer_email: form.customer_email ?? null,
      metadata: form.metadata,
      success_url: form.success_url,
      cancel_url: form.cancel_url ?? null,
      expires_at: form.expires_at ?? nowSeconds() + sessionSeconds,
    });
  }

  function createRefund(form: z.infer<typeof CreateRefund>): unknown {
    return ledger.refund({
      intentId: form.payment_intent,
      amount: form.amount,
      reason: form.reason ?? null,
      metadata: form.metadata,
    });
  }

  function once(request: DoubleRequest, key: string): DoubleReply {
    const fingerprint = createHash('sha256').update(`${request.url.pathname}\n${request.body}`).digest('hex');
    const kept = store.answers.get(key);
    if (kept !== undefined && kept.fingerprint !== fingerprint) {
      const message =
        'Keys for idempotent requests can only be used with the same parameters they were first used with.';
      return failure(
        new PaymentRefusal({ status: 400, type: 'idempotency_error', code: 'idempotency_error', message }),
      );
    }
    if (kept !== undefined)
      return {
        ...headed(kept.status, kept.json),
        headers: { 'idempotent-replayed': 'true', 'request-id': newId('req') },
      };
    const reply = run(request);
    store.answers.put(key, { key, fingerprint, status: reply.status, json: reply.json });
    return reply;
  }

  function run(request: DoubleRequest): DoubleReply {
    try {
      return headed(200, route(request));
    } catch (error) {
      if (error instanceof PaymentRefusal) return failure(error);
      throw error;
    }
  }

  return (request) => {
    if (!/^Bearer \S+/.test(request.headers['authorization'] ?? '')) return unauthorised();
    const key = request.headers['idempotency-key'];
    return request.method === 'POST' && key !== undefined ? once(request, key) : run(request);
  };
}

/** An error object as Stripe sends it. */
export function failure(refusal: PaymentRefusal): DoubleReply {
  const { type, code, message } = refusal;
  return headed(refusal.status, { error: { type, code, message } });
}

function unauthorised(): DoubleReply {
  const message = 'You did not provide an API key.';
  return failure(new PaymentRefusal({ status: 401, type: 'invalid_request_error', code: 'api_key_missing', message }));
}

function headed(status: number, json: unknown): DoubleReply {
  return { status, headers: { 'request-id': newId('req') }, json };
}

/** A page of a list, the newest first; Stripe's own has ten entries unless another `limit` is asked for. */
function list(url: URL, data: { id: string; created: number }[]): unknown {
  const since = Number(url.searchParams.get('created[gte]') ?? 0);
  const newest = data.filter(({ created }) => created >= since).toReversed();
  const from = newest.findIndex(({ id }) => id === url.searchParams.get('starting_after')) + 1;
  const to = from + Number(url.searchParams.get('limit') ?? 10);
  return { object: 'list', url: url.pathname, has_more: to < newest.length, data: newest.slice(from, to) };
}

function matches(object: object, url: URL, field: string): boolean {
  const wanted = url.searchParams.get(field);
  return wanted === null || Object.entries(object).some(([key, value]) => key === field && value === wanted);
}

function known(type: string, id: string, object: object | undefined): object {
  if (object !== undefined) return object;
  throw new PaymentRefusal({
    status: 404,
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${type}: '${id}'`,
  });
}

function parse<Value>(schema: z.ZodType<Value>, form: unknown): Value {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PaymentRefusal({
    status: 400,
    type: 'invalid_request_error',
    code: 'parameter_invalid',
    message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`,
  });
}
