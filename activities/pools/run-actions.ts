import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, cancellationSignal, CancelledFailure, Context, heartbeat } from '@temporalio/activity';
import { actions as actionRecords, type ActionName } from '../../contracts/core/actions.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import { bucketsOf, type PoolActionActivities } from '../../contracts/runs/pools.ts';
import type { QueueName } from '../../contracts/core/queues.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import {
  beginActions,
  endActions,
  failAction,
  postponeAction,
  renewActions,
  type BegunAction,
} from '../../platform/db/pools/actions.ts';
import { inAttempt } from '../effects/attempt.ts';

/**
 * What does the actions of pools: `db` is the app role's; `slots` says how many of a queue this process may have in flight for all its pools.
 * `limitMs` is how long an attempt may take where it is not for its action's record to say.
 */
export type ActionDeps = {
  db: Db;
  system: Db;
  actions: ActionActivities;
  slots(queue: QueueName): number;
  limitMs?(action: ActionName): number;
};

/** Actions of one pool, workspace and queue that are in flight at once, so that none has all of the process. */
const windowSize = 20;
/**
 * A window is filled again once half of what was in it has ended, or after this time: what is begun together goes through the ledger together. One
 * that is empty waits a while for more before it ends.
 */
const lookMs = 100;
const lingerMs = 1_000;
/** From then on it begins nothing more, so that others have their turn; what is in flight comes to its end. */
const chunkMs = 10_000;
/** Leases last 15 s. */
const renewMs = 4_000;
const beatMs = 1_000;
/** The pause after an attempt that failed, doubling, as an activity of its own has it. */
const pauseMs = { first: 500, longest: 60_000 };

/** An action in flight; `stop` breaks it off, where its record says so. */
type Flight = { action: BegunAction; stop: AbortController; ended: Promise<void> };

/** The activity by which the actions of pools are done. */
export function createPoolActionActivities(deps: ActionDeps): PoolActionActivities {
  const inFlight = new Map<QueueName, number>();
  const free = (queue: QueueName): number => deps.slots(queue) - (inFlight.get(queue) ?? 0);
  const count = (queue: QueueName, by: number): void => void inFlight.set(queue, (inFlight.get(queue) ?? 0) + by);

  return {
    async runPoolActions({ pool, pools, workspaceId, queue }) {
      const signal = cancellationSignal();
      const activity = Context.current();
      const buckets = bucketsOf({ pool, pools });
      const flights = new Map<BegunAction, Flight>();
      const done: BegunAction[] = [];
      let onEnd: () => unknown = () => undefined;
      const beat = setInterval(heartbeat, beatMs);
      const renewal = setInterval(() => void renew(deps, flights), renewMs);
      const begin = (action: BegunAction): void => {
        const stop = new AbortController();
        const ended = attempt(deps, action, stop).then((isDone) => {
          if (isDone) done.push(action);
          flights.delete(action);
          count(queue, -1);
          onEnd();
        });
        flights.set(action, { action, stop, ended });
      };
      // Where its execution has a successor it begins nothing more, and what has been paid for comes to its end.
      const stopAll = (): void => {
        if (!activity.cancellationDetails?.notFound) flights.forEach(({ stop }) => stop.abort());
      };
      signal.addEventListener('abort', stopAll);
      try {
        const beganAt = performance.now();
        let workedAt = beganAt;
        for (;;) {
          await endActions(deps.system, done.splice(0));
          // The end of the process may come after that of the execution, and says so by nothing else.
          if (signal.aborted) stopAll();
          const isOver = signal.aborted || performance.now() - beganAt >= chunkMs;
          const limit = isOver ? 0 : Math.min(windowSize - flights.size, free(queue));
          if (limit > 0) {
            count(queue, limit);
            const begun = await beginActions(deps.system, { workspaceId, queue, buckets, limit }).catch(
              (error: unknown) => {
                count(queue, -limit);
                throw error;
              },
            );
            count(queue, begun.length - limit);
            begun.forEach(begin);
          }
          if (flights.size > 0) workedAt = performance.now();
          else if (isOver || performance.now() - workedAt >= lingerMs) break;
          const { promise: isHalfEmpty, resolve } = Promise.withResolvers<void>();
          const half = flights.size >> 1;
          onEnd = () => flights.size <= half && resolve();
          await Promise.race([isHalfEmpty, sleep(lookMs)]);
        }
      } finally {
        await Promise.all([...flights.values()].map(({ ended }) => ended));
        clearInterval(beat);
        clearInterval(renewal);
        signal.removeEventListener('abort', stopAll);
        await endActions(deps.system, done).catch(() => undefined);
      }
    },
  };
}

/**
 * Makes one attempt. One that takes longer than its record allows is given up, as an activity of its own is by Temporal: it may go on, and the next
 * one looks for it (`afterOwnAttempt`). What it could not note the end of is begun again when its lease is over. @returns whether it was done
 */
async function attempt(deps: ActionDeps, action: BegunAction, stop: AbortController): Promise<boolean> {
  const { activity, tries, workspaceId, runId, key } = action;
  const limitMs = deps.limitMs?.(activity) ?? actionRecords[activity].startToCloseMs;
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`Not done within ${limitMs} ms`));
    stop.abort();
  }, limitMs);
  try {
    await Promise.race([inAttempt(stop.signal, () => deps.actions[activity]({ workspaceId, runId, key })), limit]);
    return true;
  } catch (error) {
    await noteFailure(deps, action, { error, tries }).catch(() => undefined);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

async function noteFailure(
  { db, system }: ActionDeps,
  action: BegunAction,
  { error, tries }: { error: unknown; tries: number },
): Promise<void> {
  if (error instanceof ApplicationFailure && error.nonRetryable === true) {
    await failAction(db, action, { type: error.type ?? 'ApplicationFailure', message: error.message });
    return;
  }
  await postponeAction(system, action, pauseAfter(error, tries));
}

/** Milliseconds until an action is tried again that failed at so many tries. */
export function pauseAfter(error: unknown, tries: number): number {
  // Who broke it off goes on with it, or wants nothing of it any more.
  if (error instanceof CancelledFailure) return 0;
  const asked = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined;
  if (typeof asked === 'number') return asked;
  return Math.min(pauseMs.first * 2 ** Math.min(tries - 1, 10), pauseMs.longest);
}

/** Renews the leases of what is in flight, and breaks off what its run no longer wants. The next time is soon enough where one fails. */
async function renew({ system }: ActionDeps, flights: ReadonlyMap<BegunAction, Flight>): Promise<void> {
  const all = [...flights.values()];
  if (all.length === 0) return;
  const open = await renewActions(
    system,
    all.map(({ action }) => action),
  ).catch(() => null);
  if (open === null) return;
  const keys = new Set(open.map(({ runId, key }) => `${runId}/${key}`));
  for (const { action, stop } of all) if (!keys.has(`${action.runId}/${action.key}`)) stop.abort();
}
