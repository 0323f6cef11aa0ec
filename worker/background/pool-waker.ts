import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { PoolInput } from '../../contracts/runs/pools.ts';
import { taskQueue } from '../../contracts/core/queues.ts';
import { WAKE_SIGNAL } from '../../contracts/core/recorded-names.ts';
import { idlePools, poolsToWake } from '../../platform/db/pools/look.ts';
import type { Db } from '../../platform/db/core/pool.ts';

/** What wakes pools; `db` is the system role's, `pools` their number. */
export type WakerDeps = { db: Db; client: Client; deployment: string; pools: number };

/** A call that has no answer after this is made again by a later look. */
const callDeadlineMs = 3_000;
/** A pool that was just woken needs a moment to begin its pass. */
const pauseMs = 250;
/** How often it looks for what has stood still for another reason than a lost signal: a due instant without a workflow that waits for it. */
const slowLookMs = 5_000;

/**
 * Looks which pools have ready runs and no pass that looks at them, and wakes their workflows, which begins one where there is none: after the first
 * run, and after the loss of Temporal's data. Several processes may do it at once.
 */
export function createPoolWaker(deps: WakerDeps): () => Promise<void> {
  const wokenAt = new Map<number, number>();
  let lookedAt = -Infinity;
  return async () => {
    const now = performance.now();
    const isSlow = now - lookedAt >= slowLookMs;
    if (isSlow) lookedAt = now;
    const found = await (isSlow ? idlePools(deps.db, deps.pools) : poolsToWake(deps.db, deps.pools));
    const due = found.filter((pool) => now - (wokenAt.get(pool) ?? -Infinity) >= pauseMs);
    for (const pool of due) wokenAt.set(pool, now);
    await Promise.all(due.map((pool) => wake(deps, { pool, pools: deps.pools })));
  };
}

async function wake({ client, deployment }: WakerDeps, pool: PoolInput): Promise<void> {
  const name = `pool ${pool.pool + 1} of ${pool.pools}`;
  await client
    .withDeadline(Date.now() + callDeadlineMs, () =>
      client.workflow.signalWithStart('poolWorkflow', {
        workflowId: `${deployment}/${name.replaceAll(' ', '-')}`,
        taskQueue: taskQueue(deployment, 'core'),
        args: [pool],
        signal: WAKE_SIGNAL,
        signalArgs: [],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `Runs in ${name}`,
      }),
    )
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
}
