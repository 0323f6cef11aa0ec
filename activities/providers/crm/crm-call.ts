import type { ProviderFailure } from '../../../contracts/core/providers.ts';
import { callJson, type JsonCall, type JsonReply } from '../http-json.ts';
import { ProviderError } from '../provider-error.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { CrmConfig } from './crm-client.ts';

/** One call of a CRM's API, without the parts that all calls share. */
export type CrmCall = Pick<JsonCall, 'method' | 'body'> & { path: string; signal?: AbortSignal };

/** Calls the CRM with a token; where that is refused (401) once more with a new one. Returns whatever else comes back. */
export function createCrmCaller(config: CrmConfig): (call: CrmCall) => Promise<JsonReply> {
  const { token } = config;

  async function once({ path, ...call }: CrmCall, used: string): Promise<JsonReply> {
    return callJson({
      ...call,
      service: 'crm',
      url: `${config.baseUrl}${path}`,
      headers: { authorization: `Bearer ${used}` },
      timeoutMs: config.timeoutMs,
    });
  }

  return async (call) => {
    if (typeof token === 'string') return once(call, token);
    const used = await token.current();
    const reply = await once(call, used);
    return reply.status === 401 ? once(call, await token.renew(used)) : reply;
  };
}

/** A day's limit frees calls little by little, or at midnight; a call in a quarter of an hour finds out without using it up. */
const dayLimitRetryMs = 900_000;

/** The limit of the whole day is used up: each call of the workspace waits, and comes back seldom. */
export function dayLimitFailure(): ProviderError {
  return new ProviderError({
    kind: 'rateLimited',
    code: 'crm.day_limit',
    message: 'The CRM’s limit of calls for this day is used up.',
    retryAfterMs: dayLimitRetryMs,
  });
}

/** What an error reply means, where the CRM's own code says nothing more specific. */
export function crmFailure({ status, headers }: JsonReply): ProviderError {
  return new ProviderError(ofStatus(status, headers));
}

function ofStatus(status: number, headers: Headers): ProviderFailure {
  switch (status) {
    case 401:
    case 403:
      return { kind: 'misconfigured', code: 'crm.unauthorised', message: `The CRM refuses the key (${status}).` };
    case 429:
      return {
        kind: 'rateLimited',
        code: 'crm.rate_limited',
        message: 'The CRM asks to slow down (429).',
        retryAfterMs: retryAfterMs(headers, Date.now()),
      };
    case 408:
    case 409:
    case 423:
    case 503:
      return { kind: 'transient', code: 'crm.unavailable', message: `The CRM could not do it now (${status}).` };
    default:
      // A page of a proxy, or half of an answer: whether it was done is not known.
      if (status < 300)
        return { kind: 'ambiguous', code: 'crm.bad_reply', message: 'The reply of the CRM cannot be read.' };
      if (status < 400) {
        const message = `The CRM is at another address now (${status}): connect it again, with that one.`;
        return { kind: 'misconfigured', code: 'crm.moved', message };
      }
      if (status >= 500) return { kind: 'ambiguous', code: 'crm.failed', message: `The CRM failed (${status}).` };
      return { kind: 'rejected', code: 'crm.invalid_request', message: `The CRM refused the request (${status}).` };
  }
}
