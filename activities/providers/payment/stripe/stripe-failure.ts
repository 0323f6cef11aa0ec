import Stripe from 'stripe';
import type { ProviderFailure } from '../../../../contracts/core/providers.ts';
import { ProviderError } from '../../provider-error.ts';
import { retryAfterMs } from '../../retry-after.ts';

/** Errors of a connection that was never established. */
const neverArrived = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Does what calls Stripe. @throws ProviderError for what fails in it */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw stripeError(error);
  }
}

/** What an error of the Stripe SDK means. Stripe's own words are left out where they may name a person. */
function stripeError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  return new ProviderError(classify(error), { cause: error });
}

function classify(error: unknown): ProviderFailure {
  if (error instanceof Stripe.errors.StripeConnectionError) {
    const { detail } = error;
    const code = detail instanceof Error && 'code' in detail ? String(detail.code) : '';
    if (neverArrived.has(code)) {
      return {
        kind: 'transient',
        code: 'payment.connection',
        message: `The payment service could not be reached (${code}).`,
      };
    }
    return { kind: 'ambiguous', code: 'payment.no_reply', message: 'The payment service did not answer.' };
  }
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode === undefined) {
    return {
      kind: 'ambiguous',
      code: 'payment.bad_reply',
      message: 'The reply of the payment service cannot be read.',
    };
  }
  return ofStatus(error.statusCode, error);
}

function ofStatus(status: number, error: InstanceType<typeof Stripe.errors.StripeError>): ProviderFailure {
  if (status === 429) {
    const retry = retryAfterMs(new Headers(error.headers ?? {}), Date.now());
    return {
      kind: 'rateLimited',
      code: 'payment.rate_limited',
      message: 'The payment service asks to slow down (429).',
      retryAfterMs: retry,
    };
  }
  if (error instanceof Stripe.errors.StripeIdempotencyError && status === 400) {
    return {
      kind: 'rejected',
      code: 'payment.key_reused',
      message: 'The same key was used for another request before.',
    };
  }
  // Another request with the same key is still being worked on.
  if (status === 409)
    return { kind: 'transient', code: 'payment.key_in_use', message: 'The same request is under way already.' };
  if (status >= 500)
    return { kind: 'ambiguous', code: 'payment.failed', message: `The payment service failed (${status}).` };
  if (status === 401 || status === 403) {
    return {
      kind: 'misconfigured',
      code: 'payment.unauthorised',
      message: `The payment service refused the key (${status}).`,
    };
  }
  const code = error.code ?? 'invalid_request';
  return {
    kind: 'rejected',
    code: `payment.${code}`,
    message: `The payment service refused the request (${status}, ${code}).`,
  };
}
