import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { RunInput } from '../../contracts/core/engine.ts';
import { taskQueue } from '../../contracts/core/queues.ts';
import { WAKE_SIGNAL } from '../../contracts/core/recorded-names.ts';
import { workflowQueueOf } from '../../contracts/runs/run-kinds.schema.ts';
import {
  beginWakeUp,
  dueWakeUps,
  finishWakeUp,
  parkWakeUp,
  postponeWakeUp,
  verdictOf,
  type WakeUp,
} from '../../platform/db/runs/outbox.ts';
import type { Partitions } from '../../platform/db/runs/outbox-partitions.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import { grpcCodeOf } from '../../platform/temporal/client.ts';
import { runLink } from '../../platform/temporal/run-link.ts';
import { deploymentAttribute, kindAttribute, workspaceAttribute } from '../../platform/temporal/search-attributes.ts';

/** What the dispatcher needs; `db` is the system role's. */
export type DispatcherDeps = {
  db: Db;
  client: Client;
  deployment: string;
  publicUrl: string;
  partitions: Partitions;
  log: Logger;
};

/** Calls in flight at once in this process. */
const maxInFlight = 16;
/** A call that has no answer after this counts as a transient failure. */
const callDeadlineMs = 3_000;
/** gRPC codes that no repetition cures: invalid argument, permission denied, unimplemented, unauthenticated. */
const permanentCodes = new Set([3, 7, 12, 16]);

/**
 * One pass over the outbox: starts or wakes the workflow of every run that has a row due. No transaction is open while it calls, one run has
 * one call in flight, and each is marked right before its own call. What may have killed its caller is called alone, after the others, and
 * parked when it has done so again. A pass ends early, with what is in flight, on `signal` and when its leases run out.
 * @returns how many runs it called
 */
export async function dispatchOnce(deps: DispatcherDeps, signal?: AbortSignal): Promise<number> {
  const partitions = await deps.partitions.take();
  if (partitions.length === 0) return 0;
  const groups = Map.groupBy(await dueWakeUps(deps.db, partitions, 500), verdictOf);
  const mayCall = (): boolean => signal?.aborted !== true && deps.partitions.areCurrent();
  const called = await callAll(deps, groups.get('sound') ?? [], maxInFlight, mayCall);
  const alone = await callAll(deps, groups.get('suspect') ?? [], 1, mayCall);
  // Last, so that a wake-up that cannot even be parked delays no other.
  const poison = groups.get('poison') ?? [];
  const parked = await Promise.allSettled(
    poison.map((each) => park(deps, each, 'Three calls ended without an outcome')),
  );
  for (const result of parked) if (result.status === 'rejected') throw result.reason;
  return called + alone;
}

/** Calls `due` in so many lanes, as long as it may. @returns how many it called */
async function callAll(deps: DispatcherDeps, due: WakeUp[], lanes: number, mayCall: () => boolean): Promise<number> {
  const queue = [...due];
  let called = 0;
  const lane = async (): Promise<void> => {
    for (let wakeUp = queue.shift(); wakeUp && mayCall(); wakeUp = queue.shift()) {
      const begun = await beginWakeUp(deps.db, wakeUp);
      if (!begun) continue;
      called += 1;
      await dispatch(deps, begun);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, due.length) }, lane));
  return called;
}

async function dispatch(deps: DispatcherDeps, wakeUp: WakeUp): Promise<void> {
  try {
    await deps.client.withDeadline(Date.now() + callDeadlineMs, () => signalWithStart(deps, wakeUp));
    await finishWakeUp(deps.db, wakeUp);
  } catch (error) {
    // Run and workflow are over: there is nothing to wake.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return finishWakeUp(deps.db, wakeUp);
    const message = error instanceof Error ? error.message : String(error);
    if (isPermanent(error)) return park(deps, wakeUp, message);
    deps.log.warn({ runId: wakeUp.runId, failures: wakeUp.failures }, `Wake-up postponed: ${message}`);
    await postponeWakeUp(deps.db, wakeUp, message);
  }
}

function isPermanent(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code !== null && permanentCodes.has(code);
}

async function signalWithStart(deps: DispatcherDeps, wakeUp: WakeUp): Promise<void> {
  const input: RunInput = { workspaceId: wakeUp.workspaceId, runId: wakeUp.runId };
  const kind = wakeUp.workflowType.replace('Workflow', '');
  await deps.client.workflow.signalWithStart(wakeUp.workflowType, {
    workflowId: wakeUp.workflowId,
    taskQueue: taskQueue(deps.deployment, workflowQueueOf(wakeUp.workflowType)),
    args: [input],
    signal: WAKE_SIGNAL,
    signalArgs: [],
    // Postgres has the state, so a live run goes on in a new execution where the last one is over.
    workflowIdReusePolicy: wakeUp.isLive ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
    priority: { fairnessKey: wakeUp.workspaceId },
    staticSummary: `${kind} run ${wakeUp.runId}`,
    staticDetails: runLink(deps.publicUrl, wakeUp.runId),
    typedSearchAttributes: new TypedSearchAttributes([
      { key: deploymentAttribute, value: deps.deployment },
      { key: kindAttribute, value: kind },
      { key: workspaceAttribute, value: wakeUp.workspaceId },
    ]),
  });
}

async function park(deps: DispatcherDeps, wakeUp: WakeUp, message: string): Promise<void> {
  deps.log.error({ runId: wakeUp.runId }, `Wake-up parked: ${message}`);
  await parkWakeUp(deps.db, wakeUp, message);
}
