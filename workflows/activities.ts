import { ActivityCancellationType, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { ActionOptions } from '../contracts/core/action.ts';
import { actions, type ActionName } from '../contracts/core/actions.ts';
import type { ActionActivities, EngineActivities } from '../contracts/core/engine.ts';
import { sisterQueue } from '../contracts/core/queues.ts';

/**
 * The engine's turns, as local activities. Retried without limit; above the threshold a retry waits on a timer, so that an
 * outage of Postgres never holds a workflow-task slot.
 */
export const engine = proxyLocalActivities<EngineActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '15s' },
  localRetryThreshold: '500ms',
});

/**
 * The activity behind an action, on its queue. Cancelling never waits for it: an exit acts while it runs or retries. `summary` is what
 * Temporal's own UI shows of it.
 */
export function activityFor(name: ActionName, summary: string): ActionActivities[ActionName] {
  const { queue, startToCloseMs, heartbeatMs }: ActionOptions = actions[name];
  const activities = proxyActivities<ActionActivities>({
    taskQueue: sisterQueue(workflowInfo().taskQueue, queue),
    startToCloseTimeout: startToCloseMs,
    ...(heartbeatMs === undefined ? {} : { heartbeatTimeout: heartbeatMs }),
    summary,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '1m' },
  });
  return activities[name];
}
