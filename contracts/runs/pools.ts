import type { QueueName } from '../core/queues.ts';

/** A run of a pool is in one of so many buckets, which the pools share out. */
export const poolBuckets = 1_024;

/** One of so many pools. */
export type PoolRef = { pool: number; pools: number };

/** The buckets of a pool, both ends among them. */
export type Buckets = { from: number; to: number };

/** Which buckets a pool has; together the pools have each bucket once. */
export function bucketsOf({ pool, pools }: PoolRef): Buckets {
  const begin = (nth: number): number => Math.floor((nth * poolBuckets) / pools);
  return { from: begin(pool), to: begin(pool + 1) - 1 };
}

/** The open actions of a pool's runs in one workspace that one queue does. */
export type PoolQueue = { workspaceId: string; queue: QueueName };

/** Queues that a pool has worked through at once. */
export const mostQueues = 16;

/** The argument of a pool's workflow; tests say from how many events on its successor comes. */
export type PoolInput = PoolRef & { maxEvents?: number };

/** One pass over a pool; `running` names the queues that are being worked through. */
export type PoolPass = PoolRef & { running: PoolQueue[] };

/**
 * What a pass leaves: whether more is to be done at once; when something is due next; which queues have actions to do; and whether the
 * pool is none any more, as the number of pools has changed.
 */
export type PoolAnswer = { more: boolean; dueAt: string | null; queues: PoolQueue[]; isOver: boolean };

/** What a pool's workflow needs of the engine. */
export type PoolActivities = {
  /** Makes the turns of the pool's runs that have unread messages or are due, in sets, until there are none. Repeatable. */
  runPool(pass: PoolPass): Promise<PoolAnswer>;
};

/** The activity that every queue has beside its actions. */
export type PoolActionActivities = {
  /**
   * Does the open actions of one queue that are due, as many at once as the process bears. Repeatable; the workflow that asked need not
   * wait, and may be over before what has begun is at its end.
   */
  runPoolActions(of: PoolRef & PoolQueue): Promise<void>;
};
