import type { PlantedBug } from './planted-bug.ts';

const batches = 'platform/db/pools/batches.ts';
const poolActions = 'platform/db/pools/actions.ts';
const passing = ['activities/pools/run-pool.test.ts'];
const poolActing = ['activities/pools/run-actions.test.ts'];

/** Those of runs in pools. */
export const plantedPoolBugs: readonly PlantedBug[] = [
  {
    name: 'a turn in a pool takes away what has made its run ready meanwhile',
    file: batches,
    find: "and lane = any('{0,1}') and id = any(${ready}::bigint[])",
    put: 'and (${ready}::bigint[] is not null) and run_id = any(${runIds}::uuid[])',
    tests: passing,
  },
  {
    name: 'starts come before what has happened',
    file: batches,
    find: 'lane * 2 as rank',
    put: '2 - lane * 2 as rank',
    tests: passing,
  },
  {
    name: 'each pass over a pool begins with the same workspace',
    file: 'activities/pools/run-pool.ts',
    find: 'pace.last = workspaceId;',
    put: '',
    tests: passing,
  },
  {
    name: 'a turn that fails takes its batch along',
    file: 'activities/pools/run-batch.ts',
    find: 'if (isOutage(error) && !isTooSlow(error)) throw error;',
    put: 'throw error;',
    tests: ['activities/pools/run-faults.test.ts'],
  },
  {
    name: 'the leases of actions in flight are not renewed',
    file: poolActions,
    find: 'set available_at = now() + make_interval(secs => ${leaseSeconds}) from ${these(actions)} where ${isThis}',
    put: 'set available_at = a.available_at + make_interval(secs => ${leaseSeconds - leaseSeconds}) from ${these(actions)} where ${isThis}',
    tests: poolActing,
  },
  {
    name: 'what a turn in a pool has opened is not noted',
    file: 'activities/pools/run-batch.ts',
    find: 'await matchActions(tx, workspaceId, runs);',
    put: '',
    tests: poolActing,
  },
];
