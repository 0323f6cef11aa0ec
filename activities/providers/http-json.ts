import { ProviderError } from './provider-error.ts';

/** One call of an HTTP API. `service` begins the codes of its failures. */
export interface JsonCall {
  service: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  /** Instead of `body`: the fields of a form. */
  form?: Record<string, string>;
  /** The whole call, reply included, ends after this. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** The reply; `json` is undefined if the body is not JSON. */
export interface JsonReply {
  status: number;
  headers: Headers;
  json: unknown;
}

/** Errors of a connection that was never established: the request cannot have arrived. */
const neverArrived = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Makes one call and returns its reply with any status, without retries and without following redirects.
 * @throws ProviderError `transient` if the request did not arrive, `ambiguous` if it may have and no reply came
 * @throws the reason of `signal` if that ended the call
 */
export async function callJson(call: JsonCall): Promise<JsonReply> {
  call.signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(call.timeoutMs);
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: {
        accept: 'application/json',
        'content-type': call.form ? 'application/x-www-form-urlencoded' : 'application/json',
        ...call.headers,
      },
      ...(call.form ? { body: new URLSearchParams(call.form).toString() } : {}),
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      redirect: 'manual',
      signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
    });
    return { status: response.status, headers: response.headers, json: parse(await response.text()) };
  } catch (error) {
    call.signal?.throwIfAborted();
    throw new ProviderError(networkFailure(call.service, error, deadline.aborted), { cause: error });
  }
}

function networkFailure(service: string, error: unknown, isLate: boolean): ProviderError['failure'] {
  if (isLate) return { kind: 'ambiguous', code: `${service}.timeout`, message: 'The service did not answer in time.' };
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (neverArrived.has(code)) {
    return { kind: 'transient', code: `${service}.connection`, message: `The service could not be reached (${code}).` };
  }
  return { kind: 'ambiguous', code: `${service}.connection`, message: 'The connection ended before the reply came.' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
