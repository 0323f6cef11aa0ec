import {
  ActivityCancellationType,
  condition,
  continueAsNew,
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

/** Its successor comes at the first moment after so many events at which nothing is in flight, and in any case after the second number. */
const history = { long: 2_000, longest: 20_000 };

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
    const answer = await runPool({ ...input, running: [...running.values()] });
    if (answer.isOver) return;
    for (const queue of answer.queues.slice(0, mostQueues - running.size)) begin(queue);
    if (isToHandOver(running.size)) return continueAsNew<typeof poolLoop>(input);
    if (answer.more || isWoken) continue;
    const dueInMs = answer.dueAt === null ? undefined : Math.max(1, Date.parse(answer.dueAt) - Date.now());
    await (dueInMs === undefined ? condition(() => isWoken) : condition(() => isWoken, dueInMs));
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
  await runPoolActions({ ...input, ...of }).catch(() => undefined);
}

function isToHandOver(inFlight: number): boolean {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  if (historyLength > history.longest) return true;
  return inFlight === 0 && (continueAsNewSuggested || historyLength > history.long);
}
