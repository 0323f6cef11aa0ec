import type { CallOutcome, EffectMode } from '../../contracts/core/effects.ts';
import type { ProviderFailure } from '../../contracts/core/providers.ts';

/** What the adapters throw. The message is fit for logs and screens: no address, no body, no secret. */
export class ProviderError extends Error {
  readonly failure: ProviderFailure;

  /** Wraps a classified failure; `cause` is the library's own error. */
  constructor(failure: ProviderFailure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'ProviderError';
    this.failure = failure;
  }
}

/** Thrown where this side ended a call while the service was at work: a worker stops, or a run is over. `cause` is why. */
export class CallAborted extends Error {
  constructor(reason: unknown) {
    super('The call was given up before its answer came', { cause: reason });
    this.name = 'CallAborted';
  }
}

/** Whether a call that failed may have been paid all the same: the service was at work when it was given up. */
export function mayBePaid(error: unknown): boolean {
  if (error instanceof CallAborted) return true;
  return error instanceof ProviderError && error.failure.kind === 'transient' && error.failure.mayBePaid === true;
}

/** How long a call waits for a person to fix the settings before it is tried again. */
const misconfiguredRetryMs = 60_000;

type Unsuccessful = Exclude<CallOutcome<never>, { kind: 'done' | 'suppressed' | 'fenced' }>;

/**
 * What a thrown error means to the effect ledger. An ambiguous failure of a keyed or repeatable effect is tried again, since
 * that is safe; of an at-most-once effect it is `unknown`. Errors that no adapter classified are thrown on.
 */
export function outcomeOf(error: unknown, mode: EffectMode): Unsuccessful {
  if (!(error instanceof ProviderError)) throw error;
  const { failure } = error;
  const { code, message, words } = failure;
  const detail = { code, message, ...(words === undefined ? {} : { words }) };
  switch (failure.kind) {
    case 'transient':
      return { kind: 'deferred', error: detail };
    case 'rateLimited':
      return {
        kind: 'deferred',
        error: detail,
        ...(failure.retryAfterMs === null ? {} : { retryAfterMs: failure.retryAfterMs }),
      };
    case 'rejected':
      return { kind: 'rejected', error: detail };
    case 'ambiguous':
      return mode === 'atMostOnce' ? { kind: 'unknown', error: detail } : { kind: 'deferred', error: detail };
    case 'misconfigured':
      return { kind: 'deferred', error: detail, retryAfterMs: misconfiguredRetryMs };
  }
}
