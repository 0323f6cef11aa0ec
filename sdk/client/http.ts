import type { Problem } from '../../contracts/http/problem.schema.ts';

/** Where the API is and who calls. `key` is an API key; `fetch` replaces the platform's own. */
export type Connection = { baseUrl: string; key: string; fetch?: typeof fetch };

/**
 * One request: `query` values that are undefined are left out; `body` is sent as JSON, or as it is where it is a form;
 * `idempotencyKey` makes a write that starts something safe to repeat.
 */
export type ApiRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  idempotencyKey?: string | undefined;
};

/** A refusal of the API: switch on `code`, which is stable; `problem` has the parts that are wrong and the request's id. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ApiProblem';
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/** Calls are answered within this: the server bounds its own work at five seconds, the rest is the network's. */
const timeoutMs = 30_000;

/**
 * Sends one request and gives its answer, undefined for one without a body. The answer's type is the contract's; newer servers
 * may add to it.
 * @throws ApiProblem for a refusal
 * @throws TypeError when the server cannot be reached
 */
export async function callApi<T>(connection: Connection, request: ApiRequest): Promise<T> {
  const response = await openApi(connection, request, AbortSignal.timeout(timeoutMs));
  const text = await response.text();
  // The server's answers are checked against their contracts by its own tests.
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/**
 * Sends one request and gives the answer unread, for files that are streamed. @throws ApiProblem for a refusal
 * @throws TypeError when the server cannot be reached
 */
export async function openApi(
  { baseUrl, key, fetch: send = fetch }: Connection,
  request: ApiRequest,
  signal?: AbortSignal,
): Promise<Response> {
  const { body } = request;
  const isForm = body instanceof FormData;
  const response = await send(addressOf(baseUrl, request), {
    method: request.method ?? 'GET',
    headers: {
      Authorization: `Bearer ${key}`,
      Accept: 'application/json, */*;q=0.5',
      ...(body === undefined || isForm ? {} : { 'Content-Type': 'application/json' }),
      ...(request.idempotencyKey === undefined ? {} : { 'Idempotency-Key': request.idempotencyKey }),
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw new ApiProblem(problemOf(response.status, await response.text()));
  return response;
}

function addressOf(baseUrl: string, { path, query = {} }: ApiRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  const search = parameters.size > 0 ? `?${parameters.toString()}` : '';
  return `${baseUrl.replace(/\/$/, '')}${path}${search}`;
}

/** A proxy in between answers with what it likes; that becomes a problem too. */
function problemOf(status: number, text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem === 'object' && problem !== null && 'code' in problem) return problem as Problem;
  } catch {
    // Not JSON: the status alone says what is known.
  }
  const detail = `The server answered ${status}`;
  return { type: 'about:blank', title: detail, status, code: 'http.unexpected', detail, errors: [], requestId: '' };
}
