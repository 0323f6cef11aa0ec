import { setTimeout as sleep } from 'node:timers/promises';

/** Holds back calls to one service after it has answered that they come too fast. */
export type RateGate = {
  /** Resolves when calls may go out. @throws the signal's reason */
  pass(signal: AbortSignal): Promise<void>;
  /** The service asked for a pause; null when it did not say how long. */
  pause(retryAfterMs: number | null): void;
};

/** Without a hint: long enough for a bucket of requests a minute to have some again. */
const defaultPauseMs = 2_000;
/** Calls that waited together must not come back together. */
const jitter = 0.3;

/** A gate shared by every call of a process to one service: one 429 delays all of them, and fails none. */
export function createRateGate(): RateGate {
  let openAt = 0;
  return {
    async pass(signal) {
      for (let waitMs = openAt - Date.now(); waitMs > 0; waitMs = openAt - Date.now()) {
        await sleep(waitMs * (1 + Math.random() * jitter), undefined, { signal });
      }
      signal.throwIfAborted();
    },
    pause(retryAfterMs) {
      openAt = Math.max(openAt, Date.now() + (retryAfterMs ?? defaultPauseMs));
    },
  };
}
