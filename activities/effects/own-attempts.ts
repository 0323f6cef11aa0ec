import type { Db } from '../../platform/db/core/pool.ts';
import { currentAttempt } from './attempt.ts';

/** How often a running call says it is alive: well below the heartbeat time-out of contracts/core/action.ts. */
const heartbeatMs = 2_000;
/** How often it renews its lease, which is three times as long. */
const renewMs = 15_000;

/** What this process is at, each until it ends, by its database and key. */
const attempts = new WeakMap<Db, Map<string, Promise<void>>>();

/**
 * Makes an attempt once the one before it in this process has ended. Temporal takes an attempt for dead whose heartbeat is late, as on a busy
 * machine; one that lives must not lose its effect to the next one, which finds what came of it. One that has gone on for `limitMs` is not waited for.
 */
export async function afterOwnAttempt<T>(
  db: Db,
  { key, limitMs }: { key: string; limitMs: number },
  attempt: () => Promise<T>,
): Promise<T> {
  const own = attempts.get(db) ?? new Map<string, Promise<void>>();
  attempts.set(db, own);
  for (let earlier = own.get(key); earlier; earlier = own.get(key)) {
    const ended = Promise.race([earlier, currentAttempt().cancelled()]);
    await whileAlive(() => ended);
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    if (own.get(key) === promise) own.delete(key);
    resolve();
  };
  own.set(key, promise);
  const limit = setTimeout(end, limitMs);
  limit.unref();
  try {
    return await attempt();
  } finally {
    clearTimeout(limit);
    end();
  }
}

/** Says that the activity is alive while `work` goes on, and renews its lease for `limitMs` at most where it has one. */
export async function whileAlive<T>(
  work: () => Promise<T>,
  lease?: { renew(): Promise<void>; limitMs: number },
): Promise<T> {
  const attempt = currentAttempt();
  const beat = setInterval(() => attempt.heartbeat(), heartbeatMs);
  // The next one is soon enough where one fails.
  const renewal = lease && setInterval(() => void lease.renew().catch(() => undefined), renewMs);
  const limit = lease && setTimeout(() => clearInterval(renewal), lease.limitMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    clearInterval(renewal);
    clearTimeout(limit);
  }
}
