import { LRUCache } from 'lru-cache';
import type { EffectError } from '../../contracts/core/effects.ts';
import type { ProviderFailure } from '../../contracts/core/providers.ts';
import { createFairSlots, type SlotOwner } from './fair-slots.ts';

/** What stands in the way of a model's calls, and since when; `until` where its service said so. Instants in epoch milliseconds. */
export type ModelTrouble = EffectError & { since: number; until: number | null };

/** One call that was let through; exactly one of these ends it. */
export type CallSlot = {
  /** The model answered, or refused this one request for good. */
  answered(): void;
  failed(failure: ProviderFailure): void;
  /** It was given up by its caller, and says nothing of the model. */
  left(): void;
};

/** Lets the calls of one model through at the pace at which it answers them; see `createModelThrottle`. */
export type ModelThrottle = {
  /** Resolves when a call may go out, fairly between workspaces and batches. @throws the signal's reason */
  enter(owner: SlotOwner, signal: AbortSignal): Promise<CallSlot>;
  trouble(): ModelTrouble | null;
  /** Whether a call would go out now, or would find out at once whether a trouble is over. */
  isOpen(): boolean;
  /** How long a call has to wait now, in milliseconds, at least. */
  waitMs(): number;
  /** How long one call may take, in milliseconds. */
  timeoutMs(): number;
  /** When the model last answered; 0 where it never did. */
  answeredAt(): number;
};

/** Calls in flight at first: a server with one slot is not buried, and each answer allows one more. */
const firstCalls = 16;
/** Calls in flight to one model in one process: four chunks of a window of 100, and as many sockets. */
const mostCalls = 400;
/** One call; far above an honest one of a server that is not overloaded. */
const shortestTimeoutMs = 120_000;
/** A model on a slow machine gets longer, when one call at a time is too slow; below half of a chunk's own time. */
const longestTimeoutMs = 600_000;
/** Failures in a row, without an answer between them, that are no accident of one request. */
const failuresInARow = 5;
/** Without a hint: long enough for a bucket of requests a minute to have some again. */
const defaultPauseMs = 2_000;
/** The first pause after failures; each next one is twice as long. */
const firstPauseMs = 500;
/** Where a person has to mend something, trying more often does not help. */
const longestPauseMs = 60_000;
/** Pauses that are shorter are the service's usual pace and need not be spoken of. */
const spokenPauseMs = 15_000;

/**
 * Paces the calls of one model of a process. As long as it answers, the number in flight grows to `mostCalls`; it halves when calls time
 * out, as they then waited in the server's queue. A 429 delays all calls. Five failures in a row, or one that a person has to mend, let a
 * single call at a time through, with growing pauses, until one is answered.
 */
export function createModelThrottle(now: () => number = Date.now): ModelThrottle {
  let limit = firstCalls;
  let isGrowing = true;
  let timeoutMs = shortestTimeoutMs;
  let trouble: ModelTrouble | null = null;
  /** Until when the service asked to wait, and until when nothing is tried because it failed. */
  let askedUntil = 0;
  let brokenUntil = 0;
  let failures = 0;
  let pauses = 0;
  /** Counts up with each change: a call that began before one says nothing of the pace after it, also within one millisecond. */
  let pace = 0;
  let answeredAt = 0;
  let timer: NodeJS.Timeout | null = null;
  /** Calls in flight. */
  let held = 0;
  const openAt = (): number => Math.max(askedUntil, brokenUntil);
  const slots = createFairSlots(() => (now() < openAt() ? 0 : trouble ? 1 : Math.floor(limit)));

  function answer(): void {
    answeredAt = now();
    [brokenUntil, failures, pauses] = [0, 0, 0];
    // One that was under way when the service asked to wait does not end the wait.
    if (askedUntil <= now()) trouble = null;
    limit = Math.min(limit + (isGrowing ? 1 : 1 / limit), mostCalls);
  }

  /** Lets waiting calls in when the pause is over. Node's timers end at 24 days, so a longer one is looked at again. */
  function awaken(): void {
    if (timer) clearTimeout(timer);
    const leftMs = openAt() - now();
    if (leftMs > 0) timer = setTimeout(awaken, Math.min(leftMs + 1, 2 ** 31 - 1)).unref();
    else slots.serve();
  }

  function shrink(): void {
    if (limit === 1) timeoutMs = Math.min(2 * timeoutMs, longestTimeoutMs);
    limit = Math.max(1, Math.floor(limit / 2));
    isGrowing = false;
    pace += 1;
  }

  function fail(failure: ProviderFailure, isNews: boolean): void {
    failures += 1;
    if (isNews && failure.code === 'llm.timeout') shrink();
    if (failure.kind === 'rateLimited') {
      // "At once" is no pause, and all would ask again and again.
      const askedMs = failure.retryAfterMs === 0 ? null : failure.retryAfterMs;
      const waitMs = askedMs ?? defaultPauseMs;
      if (isNews && askedMs === null) shrink();
      if (waitMs >= spokenPauseMs) trouble ??= troubleOf(failure, now(), now() + waitMs);
      askedUntil = Math.max(askedUntil, now() + waitMs);
      pace += 1;
      return awaken();
    }
    if (failure.kind !== 'misconfigured' && failures < failuresInARow) return;
    trouble ??= troubleOf(failure, now(), null);
    if (!isNews && pauses > 0) return;
    brokenUntil = now() + Math.min(firstPauseMs * 2 ** pauses++, longestPauseMs);
    pace += 1;
    awaken();
  }

  return {
    async enter(owner, signal) {
      const leave = await slots.take(owner, signal);
      held += 1;
      const release = (): void => {
        held -= 1;
        leave();
      };
      const paceThen = pace;
      return {
        answered() {
          answer();
          release();
        },
        failed(failure) {
          if (failure.kind === 'rejected') answer();
          // Those that were under way when the pace changed say nothing about the new one.
          else fail(failure, paceThen === pace);
          release();
        },
        left: release,
      };
    },
    trouble: () => trouble,
    isOpen: () => trouble === null || (held === 0 && now() >= openAt()),
    waitMs: () => Math.max(0, openAt() - now()),
    timeoutMs: () => timeoutMs,
    answeredAt: () => answeredAt,
  };
}

function troubleOf({ code, message, words }: ProviderFailure, since: number, until: number | null): ModelTrouble {
  return { code, message, ...(words === undefined ? {} : { words }), since, until };
}

/** The throttles of a process, by model. */
export type ModelThrottles = { of(model: string): ModelThrottle };

/** Far more than are asked at a time: one that goes is made anew, and finds out again how the model is. */
const keptThrottles = 2_000;

/** Makes a throttle for each model that is asked for; batches and journeys share them. */
export function createModelThrottles(): ModelThrottles {
  const known = new LRUCache<string, ModelThrottle>({ max: keptThrottles });
  return {
    of(model) {
      const throttle = known.get(model) ?? createModelThrottle();
      known.set(model, throttle);
      return throttle;
    },
  };
}
