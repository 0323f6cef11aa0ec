import type { RunKind } from '../activities/engine/run-kind.ts';
import { createPoolActionActivities } from '../activities/pools/run-actions.ts';
import { createPoolActivities } from '../activities/pools/run-pool.ts';
import type { ActionActivities } from '../contracts/core/engine.ts';
import type { Db } from '../platform/db/core/pool.ts';
import { slots, type PoolParts } from './workers.ts';

/** Connections for the passes over pools: one for each that goes on at once. */
export const poolConnections = 8;

/** Puts together what works on the runs of pools; `poolDb` has connections of its own, so that no flood of actions delays a turn. */
export function composePools(parts: {
  pools: number;
  poolDb: Db;
  db: Db;
  system: Db;
  build: string;
  kinds: Readonly<Record<string, RunKind>>;
  actions: ActionActivities;
}): PoolParts {
  const { pools, poolDb, db, system, build, kinds, actions } = parts;
  return {
    atOnce: poolConnections,
    passes: createPoolActivities({ pools, db: poolDb, system, build, kinds }),
    actions: createPoolActionActivities({ db, system, actions, slots: (queue) => slots[queue] }),
  };
}
