import {
  ActivityCancellationType,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  mostQueues,
  type PoolActionActivities,
  type PoolActivities,
  type PoolInput,
  type PoolQueue,
} from '../contracts/runs/pools.ts';
import { POOL_QUEUE, sisterQueue } from '../contracts/core/queues.ts';
import { wakeSignal } from './messages.ts';

/** Its successor comes after so many events. */
const maxEvents = 2_000;

/**
 * Before this patch it waited until no queue was worked through, which never came in a busy pool, up to `longest` events: then calls that were on their
 * way were broken off. The activities end what they have begun by themselves since, so that nothing has to be waited for.
 */
const PATCH = 'pool-handover-2026-12';
const longest = 20_000;

/**
 * The loop of a pool: one pass after the other while there is work, and a wait for a wake signal or the next due instant when there is none;
 * beside it the queues that have something to do for the pool's runs. Nothing of the runs is here: Postgres has all of it.
 */
export async function poolLoop(input: PoolInput): Promise<void> {
  // What a pass changes it changes in transactions of its own, so one that is cut off is begun anew.
  const { runPool } = proxyActivities<PoolActivities>({
    taskQueue: sisterQueue(workflowInfo().taskQueue, POOL_QUEUE),
    startToCloseTimeout: '2m',
    heartbeatTimeout: '10s',
    retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
  });
  const running = new Map<string, PoolQueue>();
  let isWoken = false;
  setHandler(wakeSignal, () => {
    isWoken = true;
  });
  const begin = (of: PoolQueue): void => {
    const name = `${of.workspaceId}/${of.queue}`;
    running.set(name, of);
    void workThrough(input, of).then(() => {
      running.delete(name);
      isWoken = true;
    });
  };

  for (;;) {
    isWoken = false;
    const answer = await runPool.executeWithOptions({ summary: 'turns' }, [
      { pool: input.pool, pools: input.pools, running: [...running.values()] },
    ]);
    if (answer.isOver) return;
    for (const queue of answer.queues.slice(0, mostQueues - running.size)) begin(queue);
    if (isToHandOver(running.size, input.maxEvents)) return continueAsNew<typeof poolLoop>(input);
    if (answer.more || isWoken) continue;
    const dueInMs = answer.dueAt === null ? undefined : Math.max(1, Date.parse(answer.dueAt) - Date.now());
    await (dueInMs === undefined
      ? condition(() => isWoken)
      : condition(() => isWoken, dueInMs, { summary: `until ${answer.dueAt}` }));
  }
}

/** Has a queue's actions done. What fails is found again by a later pass, as what is to be done is in Postgres. */
async function workThrough(input: PoolInput, of: PoolQueue): Promise<void> {
  const { runPoolActions } = proxyActivities<PoolActionActivities>({
    taskQueue: sisterQueue(workflowInfo().taskQueue, of.queue),
    startToCloseTimeout: '40m',
    scheduleToStartTimeout: '1m',
    heartbeatTimeout: '10s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { maximumAttempts: 1 },
    priority: { fairnessKey: of.workspaceId },
  });
  const { pool, pools } = input;
  await runPoolActions
    .executeWithOptions({ summary: `actions of ${of.queue}` }, [{ pool, pools, ...of }])
    .catch(() => undefined);
}

function isToHandOver(inFlight: number, events = maxEvents): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  if (!continueAsNewSuggested && historyLength <= events) return false;
  return inFlight === 0 || historyLength > longest || patched(PATCH);
}
