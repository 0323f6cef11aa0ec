import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { RunInput } from '../../contracts/core/engine.ts';
import { RING } from '../../contracts/core/engine.ts';
import { taskQueue } from '../../contracts/core/queues.ts';
import {
  beginRings,
  dueRings,
  finishRing,
  isPoison,
  parkRing,
  postponeRing,
  type Ring,
} from '../../platform/db/runs/outbox.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Logger } from '../../platform/log.ts';
import { grpcCodeOf } from '../../platform/temporal/client.ts';
import { deploymentAttribute, kindAttribute, workspaceAttribute } from '../../platform/temporal/search-attributes.ts';
import type { Partitions } from './partitions.ts';

/** What the dispatcher needs; `db` is the system role's. */
export type DispatcherDeps = { db: Db; client: Client; deployment: string; partitions: Partitions; log: Logger };

/** Calls in flight at once in this process. */
const maxInFlight = 16;
/** A call that has no answer after this counts as a transient failure. */
const callDeadlineMs = 3_000;
/** gRPC codes that no repetition cures: invalid argument, permission denied, unimplemented, unauthenticated. */
const permanentCodes = new Set([3, 7, 12, 16]);

/**
 * One pass over the outbox: starts or wakes the workflow of every run that has a row due. No transaction is open while it
 * calls, and one run has one call in flight.
 * @returns how many runs it called
 */
export async function dispatchOnce(deps: DispatcherDeps): Promise<number> {
  const partitions = await deps.partitions.take();
  if (partitions.length === 0) return 0;
  const rings = await dueRings(deps.db, partitions, 500);
  const [poison, due] = [rings.filter(isPoison), rings.filter((ring) => !isPoison(ring))];
  if (due.length > 0) await callAll(deps, due);
  // Last, so that a ring that cannot even be parked keeps nobody else waiting.
  for (const ring of poison) await park(deps, ring, 'Three calls ended without an outcome');
  return due.length;
}

async function callAll(deps: DispatcherDeps, due: Ring[]): Promise<void> {
  await beginRings(deps.db, due);
  const queue = [...due];
  const lane = async (): Promise<void> => {
    for (let ring = queue.shift(); ring; ring = queue.shift()) await dispatch(deps, ring);
  };
  await Promise.all(Array.from({ length: Math.min(maxInFlight, due.length) }, lane));
}

async function dispatch(deps: DispatcherDeps, ring: Ring): Promise<void> {
  try {
    await deps.client.withDeadline(Date.now() + callDeadlineMs, () => signalWithStart(deps, ring));
    await finishRing(deps.db, ring);
  } catch (error) {
    // The workflow is over: there is nobody to wake, and the reconciler has the last word on how it ended.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return finishRing(deps.db, ring);
    const message = error instanceof Error ? error.message : String(error);
    if (isPermanent(error)) return park(deps, ring, message);
    deps.log.warn({ runId: ring.runId, failures: ring.failures }, `Ring postponed: ${message}`);
    await postponeRing(deps.db, ring, message);
  }
}

function isPermanent(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code !== null && permanentCodes.has(code);
}

async function signalWithStart(deps: DispatcherDeps, ring: Ring): Promise<void> {
  const input: RunInput = { workspaceId: ring.workspaceId, runId: ring.runId };
  await deps.client.workflow.signalWithStart(ring.workflowType, {
    workflowId: ring.workflowId,
    taskQueue: taskQueue(deps.deployment, 'core'),
    args: [input],
    signal: RING,
    signalArgs: [],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    priority: { fairnessKey: ring.workspaceId },
    typedSearchAttributes: new TypedSearchAttributes([
      { key: deploymentAttribute, value: deps.deployment },
      { key: kindAttribute, value: ring.workflowType.replace('Workflow', '') },
      { key: workspaceAttribute, value: ring.workspaceId },
    ]),
  });
}

async function park(deps: DispatcherDeps, ring: Ring, message: string): Promise<void> {
  deps.log.error({ runId: ring.runId }, `Ring parked: ${message}`);
  await parkRing(deps.db, ring, message);
}
