import { z } from 'zod';
import { Problem } from '../../../../contracts/http/problem.schema.ts';
import { ApiProblem, ApiUnreachable } from './problem.ts';
import { countUnderWay } from './under-way.ts';

/** What an address asks for behind its `?`; what is null, empty or undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** How a request differs from a plain GET. `body` is sent as JSON, `form` as multipart; `once` makes a write happen once however often it is sent. */
export type RequestInit = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Query;
  body?: unknown;
  form?: FormData;
  once?: string;
  signal?: AbortSignal;
};

/**
 * Asks the API and reads the answer by its contract; an answer without content is read as null.
 * @throws ApiProblem for a refusal, ApiUnreachable without an answer, ZodError for an answer that breaks its contract
 */
export function request<T>(schema: z.ZodType<T>, path: string, init: RequestInit = {}): Promise<T> {
  return countUnderWay(ask(schema, path, init));
}

/** As `request`, where nothing in the answer is of use. */
export async function requestNothing(path: string, init: RequestInit): Promise<void> {
  await request(z.unknown(), path, init);
}

async function ask<T>(schema: z.ZodType<T>, path: string, init: RequestInit): Promise<T> {
  const response = await send(addressOf(path, init.query), init);
  const text = await response.text();
  const answer: unknown = text === '' ? null : parse(text);
  if (!response.ok) throw problemOf(answer, response);
  return schema.parse(answer);
}

/** The address of a path with its query. */
export function addressOf(path: string, query: Query = {}): string {
  const entries = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  const search = new URLSearchParams(entries).toString();
  return search === '' ? path : `${path}?${search}`;
}

async function send(address: string, init: RequestInit): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' });
  if (init.body !== undefined) headers.set('Content-Type', 'application/json');
  if (init.once !== undefined) headers.set('Idempotency-Key', init.once);
  const body = init.form ?? (init.body === undefined ? null : JSON.stringify(init.body));
  try {
    return await fetch(address, { method: init.method ?? 'GET', headers, body, signal: init.signal ?? null });
  } catch (error) {
    if (init.signal?.aborted) throw error;
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
