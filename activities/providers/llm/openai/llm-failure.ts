import { APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import type { ProviderFailure } from '../../../../contracts/core/providers.ts';
import { ProviderError } from '../../provider-error.ts';
import { retryAfterMs } from '../../retry-after.ts';

/**
 * What an error of a model call means. A call may be repeated, so nothing is ambiguous: what brought no answer is `transient`.
 * The service's own words are left out: they can quote the prompt.
 */
export function llmError(error: unknown, nowMs: number): ProviderError {
  return new ProviderError(classify(error, nowMs), { cause: error });
}

function classify(error: unknown, nowMs: number): ProviderFailure {
  if (error instanceof APIUserAbortError || error instanceof APIConnectionTimeoutError) {
    return { kind: 'transient', code: 'llm.timeout', message: 'The model did not answer in time.' };
  }
  if (!(error instanceof APIError) || error.status === undefined) {
    return error instanceof SyntaxError
      ? { kind: 'transient', code: 'llm.bad_reply', message: 'The reply of the model service is not JSON.' }
      : { kind: 'transient', code: 'llm.connection', message: 'The connection to the model service failed.' };
  }
  return ofStatus(Number(error.status), error.code ?? '', error.headers ?? new Headers(), nowMs);
}

function ofStatus(status: number, code: string, headers: Headers, nowMs: number): ProviderFailure {
  if (status === 429 && code === 'insufficient_quota') {
    return {
      kind: 'misconfigured',
      code: 'llm.quota_spent',
      message: 'The account at the model service has no credit left.',
    };
  }
  if (status === 429 || (status === 503 && headers.has('retry-after'))) {
    const message = `The model service asks to slow down (${status}).`;
    return { kind: 'rateLimited', code: 'llm.rate_limited', message, retryAfterMs: retryAfterMs(headers, nowMs) };
  }
  if (status >= 500 || status === 408 || status === 409) {
    return { kind: 'transient', code: 'llm.unavailable', message: `The model service failed (${status}).` };
  }
  if (status === 401 || status === 403) {
    return {
      kind: 'misconfigured',
      code: 'llm.unauthorised',
      message: `The model service refused the API key (${status}).`,
    };
  }
  if (status === 404) {
    return {
      kind: 'misconfigured',
      code: 'llm.unknown_model',
      message: 'The model service does not know this model or address.',
    };
  }
  if (code === 'context_length_exceeded') {
    return { kind: 'rejected', code: 'llm.too_long', message: 'The prompt is longer than the model can read.' };
  }
  if (code === 'content_filter' || code === 'content_policy_violation') {
    return {
      kind: 'rejected',
      code: 'llm.content_filter',
      message: 'The model service refused the content of the prompt.',
    };
  }
  return {
    kind: 'rejected',
    code: 'llm.invalid_request',
    message: `The model service refused the request (${status}).`,
  };
}
