import type { Problem } from '../../contracts/http/problem.schema.ts';
import { addressOf, type AnswerOf, type Call, type CallOf, type Route } from '../../contracts/http/route.ts';

/** Where the API is and who calls. `key` is an API key; `fetch` replaces the platform's own. */
export type Connection = { baseUrl: string; key: string; fetch?: typeof fetch };

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
 * Calls a route and gives its answer, undefined for one without a body. Newer servers may add to what the type says.
 * @throws ApiProblem for a refusal
 * @throws TypeError when the server cannot be reached
 */
export async function callApi<R extends Route>(
  connection: Connection,
  route: R,
  call: CallOf<R>,
): Promise<AnswerOf<R>> {
  const response = await openApi(connection, route, call, AbortSignal.timeout(timeoutMs));
  const text = await response.text();
  // The server's answers are checked against their contracts by its own tests.
  return (text === '' ? undefined : JSON.parse(text)) as AnswerOf<R>;
}

/**
 * Calls a route and gives the answer unread, for files that are streamed. @throws ApiProblem for a refusal
 * @throws TypeError when the server cannot be reached
 */
export async function openApi<R extends Route>(
  { baseUrl, key, fetch: send = fetch }: Connection,
  route: R,
  call: CallOf<R>,
  signal?: AbortSignal,
): Promise<Response> {
  const { body, form, once }: Call = call;
  const response = await send(`${baseUrl.replace(/\/$/, '')}${addressOf(route, call)}`, {
    method: route.method,
    headers: {
      Authorization: `Bearer ${key}`,
      Accept: 'application/json, */*;q=0.5',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(once === undefined ? {} : { 'Idempotency-Key': once }),
    },
    ...(body === undefined && form === undefined ? {} : { body: form ?? JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw new ApiProblem(problemOf(response.status, await response.text()));
  return response;
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
