import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLost } from './lost-connection.ts';

/** Classes of SQLSTATE that speak of a value: a data exception, a constraint that it breaks, a size that is too large. */
const ofValues = /^(?:22|23|54)[0-9A-Z]{3}$/;
/** Those that speak of the server and the connection to it: they pass. */
const ofServer = /^(?:08|40|53|55|57|58)[0-9A-Z]{3}$/;

/** Whether Postgres refused a value: the same statement fails again with it, and does not without it. */
export function isBadValue(error: unknown): boolean {
  return ofValues.test(codeOf(error));
}

/** Those that speak of another transaction in the way: a deadlock, a conflict, a lock that was not to be had in time. */
const ofOthers: ReadonlySet<string> = new Set(['40P01', '40001', '55P03']);

/** Whether a statement was cut off because it took too long. */
export function isTooSlow(error: unknown): boolean {
  return codeOf(error) === '57014';
}

/** Whether another transaction was in the way: the same statement may succeed at once. */
export function isContention(error: unknown): boolean {
  return ofOthers.has(codeOf(error));
}

/** Whether Postgres could not be asked, or not now: the same statement may succeed later. */
export function isOutage(error: unknown): boolean {
  return error instanceof ConnectionLost || ofServer.test(codeOf(error));
}

/** Pauses while Postgres cannot be asked. */
const pauseMs = { first: 100, longest: 5_000 };

/** Repeats a transaction until Postgres can be asked again or `signal` comes; it must be repeatable, as a commit may have gone through. */
export async function outlastOutage<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let waitMs = pauseMs.first; ; waitMs = Math.min(2 * waitMs, pauseMs.longest)) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) || signal.aborted) throw error;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
