import type { ProviderFailure } from '../../../../contracts/core/providers.ts';
import { ProviderError } from '../../provider-error.ts';
import { retryAfterMs } from '../../retry-after.ts';
import { excerpt, readReply, type ModelReply } from './read-reply.ts';

/** A reply that says no, with its status and all that it says, to be read for what to ask in another way. */
export class ModelRefusal extends ProviderError {
  readonly status: number;
  readonly about: string;

  constructor(failure: ProviderFailure, status: number, body: string) {
    super(failure);
    this.status = status;
    this.about = `${failure.words ?? ''}\n${body.slice(0, mostRead)}`;
  }
}

/** How much of a refusal is read: FastAPI repeats what was asked in it. */
const mostRead = 20_000;

/** Why there was no reply at all. A call may be repeated, so nothing is ambiguous: it is `transient`. */
export function networkFailure(error: unknown, isLate: boolean): ProviderFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isLate || /TIMEOUT/.test(code)) {
    const failure = { kind: 'transient', code: 'llm.timeout', message: 'The model did not answer in time.' } as const;
    return isLate || !/CONNECT|^ETIMEDOUT$/.test(code) ? { ...failure, mayBePaid: true } : failure;
  }
  const what = code === '' ? '' : ` (${code})`;
  return { kind: 'transient', code: 'llm.connection', message: `The connection to the model service failed${what}.` };
}

/** What a reply with status 200 means that is no completion. */
export function replyFailure(
  reply: Exclude<ModelReply, { kind: 'completion' }>,
  { body, headers }: { body: string; headers: Headers },
  nowMs: number,
): ProviderError {
  if (reply.kind === 'error') {
    const status = /^[45]\d\d$/.test(reply.code) ? Number(reply.code) : (statuses[reply.code] ?? 500);
    return new ModelRefusal(ofStatus({ status, code: reply.code, words: reply.words }, headers, nowMs), status, body);
  }
  const message = 'The reply of the model service is not a completion.';
  return new ProviderError({ kind: 'transient', code: 'llm.bad_reply', message, words: reply.words });
}

/** What an HTTP status of failure means, with the service's own words. */
export function statusFailure(status: number, body: string, headers: Headers, nowMs: number): ModelRefusal {
  const reply = readReply(body);
  const { code, words } = reply.kind === 'error' ? reply : { code: '', words: excerpt(body) };
  return new ModelRefusal(ofStatus({ status, code, words }, headers, nowMs), status, body);
}

/** The statuses that belong to codes of errors, for services that answer them with 200. */
const statuses: Readonly<Record<string, number>> = {
  invalid_api_key: 401,
  authentication_error: 401,
  permission_error: 403,
  model_not_found: 404,
  not_found_error: 404,
  insufficient_quota: 402,
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  invalid_request_error: 400,
  context_length_exceeded: 400,
  content_filter: 400,
};

/** Services say that the credit is spent with 400, 402, 403 or 429. */
const noCredit = /insufficient_quota|out of credit|no credit|credit balance|exceeded your current quota|billing/i;
const tooLong =
  /context_length|context length|context window|context size|exceed_context|prompt is too long|too many tokens/i;
const filtered = /content_filter|content_policy|content management policy/i;

type Said = { status: number; code: string; words: string };

function ofStatus({ status, code, words }: Said, headers: Headers, nowMs: number): ProviderFailure {
  const about = `${code} ${words}`;
  const own = words === '' ? {} : { words };
  if (status === 402 || (status < 500 && noCredit.test(about))) {
    const message = 'The account at the model service has no credit left.';
    return { kind: 'misconfigured', code: 'llm.quota_spent', message, ...own };
  }
  if (status === 429 || (status === 503 && headers.has('retry-after'))) {
    const message = `The model service asks to slow down (${status}).`;
    return {
      kind: 'rateLimited',
      code: 'llm.rate_limited',
      message,
      retryAfterMs: retryAfterMs(headers, nowMs),
      ...own,
    };
  }
  if (status >= 500 || status === 408 || status === 409 || status === 425) {
    return { kind: 'transient', code: 'llm.unavailable', message: `The model service failed (${status}).`, ...own };
  }
  if (status === 401 || status === 403) {
    const message = `The model service refused the API key (${status}).`;
    return { kind: 'misconfigured', code: 'llm.unauthorised', message, ...own };
  }
  if (status === 404 || status < 400) {
    const message = `The model service does not know this model or address (${status}).`;
    return { kind: 'misconfigured', code: 'llm.unknown_model', message, ...own };
  }
  if (status === 413 || tooLong.test(about)) {
    const message = 'The prompt is longer than the model can read.';
    return { kind: 'rejected', code: 'llm.too_long', message, ...own };
  }
  if (filtered.test(about)) {
    const message = 'The model service refused the content of the prompt.';
    return { kind: 'rejected', code: 'llm.content_filter', message, ...own };
  }
  const message = `The model service refused the request (${status}).`;
  return { kind: 'rejected', code: 'llm.invalid_request', message, ...own };
}
