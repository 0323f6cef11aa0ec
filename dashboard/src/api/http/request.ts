import { z } from 'zod';
import { Problem } from '../../../../contracts/http/problem.schema.ts';
import { addressOf, type AnswerOf, type Call, type CallOf, type Route } from '../../../../contracts/http/route.ts';
import { ApiProblem, ApiUnreachable } from './problem.ts';
import { countUnderWay } from './under-way.ts';

/** How a route is called; `signal` ends the request. */
type Asked<R extends Route> = CallOf<R> & { signal?: AbortSignal };

/**
 * Calls a route and reads the answer by its contract; an empty filter is left out.
 * @throws ApiProblem for a refusal, ApiUnreachable without an answer, ZodError for an answer that breaks its contract
 */
export function request<R extends Route>(route: R, call: Asked<R>): Promise<AnswerOf<R>> {
  // The route's own schema reads what its type says.
  return requestAs(route.answer ?? nothing, route, call) as Promise<AnswerOf<R>>;
}

const nothing = z.unknown().transform(() => undefined);

/** As `request`, where the caller has the schema of the answer. */
export function requestAs<T, R extends Route>(schema: z.ZodType<T>, route: R, call: Asked<R>): Promise<T> {
  return countUnderWay(`${route.method} ${route.path}`, ask(schema, route, call));
}

async function ask<T, R extends Route>(schema: z.ZodType<T>, route: R, call: Asked<R>): Promise<T> {
  const { query = {} }: Call = call;
  const filled = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
  const response = await send(addressOf(route, { ...call, query: filled }), route.method, call);
  const text = await response.text();
  const answer: unknown = text === '' ? null : parse(text);
  if (!response.ok) throw problemOf(answer, response);
  return schema.parse(answer);
}

async function send(address: string, method: string, call: Call & { signal?: AbortSignal }): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' });
  if (call.body !== undefined) headers.set('Content-Type', 'application/json');
  if (call.once !== undefined) headers.set('Idempotency-Key', call.once);
  const body = call.form ?? (call.body === undefined ? null : JSON.stringify(call.body));
  try {
    return await fetch(address, { method, headers, body, signal: call.signal ?? null });
  } catch (error) {
    if (call.signal?.aborted) throw error;
    throw new ApiUnreachable();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A proxy in between may answer with a page of its own. */
function problemOf(answer: unknown, response: Response): Error {
  const known = Problem.safeParse(answer);
  if (known.success) return new ApiProblem(known.data);
  if (response.status >= 502) return new ApiUnreachable();
  return new ApiProblem({
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code: `http.${response.status}`,
    detail: response.statusText,
    errors: [],
    requestId: response.headers.get('X-Request-Id') ?? '',
  });
}
