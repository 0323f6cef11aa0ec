/** The services an effect may act on. */
export const effectKinds = ['email', 'llm', 'crm', 'payment', 'webhook'] as const;
/** The service an effect acts on. */
export type EffectKind = (typeof effectKinds)[number];

/**
 * What an effect may promise. `atMostOnce`: fenced, never retried blindly, may end `unknown`. `keyed`: retried with the same
 * provider key. `repeatable`: may be done again, its answer is recorded.
 */
export const effectModes = ['atMostOnce', 'keyed', 'repeatable'] as const;
/** What an effect promises. */
export type EffectMode = (typeof effectModes)[number];

/** What one call to an outside service came to. `note` says what is to be known of one that was done. */
export type CallOutcome<R> =
  | { kind: 'done'; result: R; costMicros?: number; note?: EffectError }
  | { kind: 'deferred'; retryAfterMs?: number; error: EffectError; costMicros?: number }
  | { kind: 'rejected'; error: EffectError; costMicros?: number }
  | { kind: 'unknown'; error: EffectError }
  | { kind: 'suppressed'; reason: string }
  | { kind: 'fenced' };

/**
 * Why a call did not succeed: a stable dotted code and a message for a person, without addresses or bodies. `words` are what the service or
 * the model itself said, 2,000 characters at most; they are kept with the effect and go with its contact.
 */
export type EffectError = { code: string; message: string; words?: string };
