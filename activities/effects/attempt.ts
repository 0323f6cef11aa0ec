import { AsyncLocalStorage } from 'node:async_hooks';
import { CancelledFailure, Context } from '@temporalio/activity';

/** What one attempt at an action may know of its surroundings. */
export type Attempt = {
  /** Comes when nobody waits for the attempt any more, or its process has no more time. */
  signal: AbortSignal;
  /** Rejects when `signal` comes. */
  cancelled(): Promise<never>;
  /** Says that the attempt lives. */
  heartbeat(): void;
};

const ofPools = new AsyncLocalStorage<Attempt>();

/** The attempt that the caller is in: one among those of a pool, or an activity of its own. */
export function currentAttempt(): Attempt {
  const pooled = ofPools.getStore();
  if (pooled) return pooled;
  const activity = Context.current();
  return {
    signal: activity.cancellationSignal,
    cancelled: () => activity.cancelled,
    heartbeat: () => activity.heartbeat(),
  };
}

/** Makes an attempt beside others in one activity, which says for all of them that they live. */
export function inAttempt<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const cancelled = (): Promise<never> =>
    new Promise((_, reject) => {
      const end = (): void => reject(new CancelledFailure('CANCELLED'));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  return ofPools.run({ signal, cancelled, heartbeat: () => undefined }, work);
}
