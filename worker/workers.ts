import { NativeConnection, Worker } from '@temporalio/worker';
import { actions, type ActionName } from '../contracts/core/actions.ts';
import type { ActionActivities, EngineActivities } from '../contracts/core/engine.ts';
import type { PoolActionActivities, PoolActivities } from '../contracts/runs/pools.ts';
import { POOL_QUEUE, taskQueue, type QueueName } from '../contracts/core/queues.ts';
import { workflowQueues } from '../contracts/runs/run-kinds.schema.ts';
import {
  connectionOptions,
  type ConnectionOptions,
  type TemporalConfig,
} from '../platform/temporal/connection-options.ts';
import { renewedOptions } from '../platform/temporal/renewing-connection.ts';
import { temporalRefusal } from '../platform/temporal/refusal.ts';

/** What the Temporal workers of one process are made of. */
export type WorkerParts = {
  temporal: TemporalConfig;
  deployment: string;
  queues: readonly QueueName[];
  codePath: string;
  engine: EngineActivities;
  actions: Partial<ActionActivities>;
  /** What works on runs in pools, so many pools at once. */
  pools?: PoolParts | undefined;
};

/** The passes over pools, so many at once, and what does their actions. */
export type PoolParts = { atOnce: number; passes: PoolActivities; actions: PoolActionActivities };

/**
 * Workers that poll. `stop()` drains them: running activities get the grace time, then a cancellation. `renew()` connects them anew where a
 * certificate was renewed on disk, without ending anything, and says whether it did.
 */
export type Workers = { stop(): Promise<void>; renew(): Promise<boolean>; failed: Promise<never> };

/** About 90 KiB a cached run: 45 MiB. */
const maxCachedWorkflows = 500;
/** As many as the engine's pool has connections (docs/architecture.md). */
const maxTurns = 20;
/** A shutdown that takes longer is cut; below the 10 s after which the launcher kills. */
const graceMs = 5_000;

/** Connections for actions: as many as may be at the database at once, not as many as wait on the network. */
export const actionConnections = 20;
/**
 * Activities at once on a queue: those of `core` work in Postgres alone, so more than its connections would only queue for one; calls that
 * wait on the network are many, rendering is bounded by the cores.
 */
export const slots: Readonly<Record<QueueName, number>> = {
  core: actionConnections,
  email: 40,
  llm: 100,
  crm: 40,
  render: 4,
};

/** Connects and starts one worker for each queue; workflow tasks and turns run on the queues that the kinds of runs name. */
export async function startWorkers(parts: WorkerParts): Promise<Workers> {
  let options = connectionOptions(parts.temporal);
  let connection = await connect(parts.temporal, options);
  const workers = await Promise.all([
    ...parts.queues.filter((queue) => hasWork(parts, queue)).map((queue) => createWorker(parts, connection, queue)),
    ...(parts.pools && parts.queues.includes('core') ? [createPoolWorker(parts, connection, parts.pools)] : []),
  ]);
  const runs = workers.map((worker) => worker.run());
  const failed = Promise.race(runs).then(() => new Promise<never>(() => undefined));
  // A caller that awaits `failed` sees the fault; awaiting it is optional.
  failed.catch(() => undefined);
  return {
    failed,
    async renew() {
      const renewed = renewedOptions(parts.temporal, options);
      if (renewed === null) return false;
      const [before, next] = [connection, await connect(parts.temporal, renewed)];
      for (const worker of workers) worker.connection = next;
      [connection, options] = [next, renewed];
      await before.close();
      return true;
    },
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
      await connection.close();
    },
  };
}

/** @throws Error in words where Temporal answers and does not take this installation */
async function connect(temporal: TemporalConfig, options: ConnectionOptions): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(options);
  } catch (error) {
    const refusal = await temporalRefusal(temporal);
    throw refusal === null ? error : new Error(refusal, { cause: error });
  }
}

/** The actions that run on a queue. */
function actionsOf(parts: WorkerParts, queue: QueueName): [string, unknown][] {
  return Object.entries(parts.actions).filter(([name]) => actions[name as ActionName].queue === queue);
}

function hasWork(parts: WorkerParts, queue: QueueName): boolean {
  return workflowQueues.has(queue) || actionsOf(parts, queue).length > 0;
}

function createWorker(parts: WorkerParts, connection: NativeConnection, queue: QueueName): Promise<Worker> {
  const takesRuns = workflowQueues.has(queue);
  const workflows = {
    workflowBundle: { codePath: parts.codePath },
    maxCachedWorkflows,
    maxConcurrentLocalActivityExecutions: maxTurns,
  };
  return Worker.create({
    connection,
    namespace: parts.temporal.TEMPORAL_NAMESPACE,
    taskQueue: taskQueue(parts.deployment, queue),
    activities: {
      ...Object.fromEntries(actionsOf(parts, queue)),
      ...parts.pools?.actions,
      ...(takesRuns ? parts.engine : {}),
    },
    ...(takesRuns ? workflows : {}),
    maxConcurrentActivityTaskExecutions: slots[queue],
    ...manners,
  });
}

/** Makes the passes over pools, and nothing else: that a run's action takes long holds up no turn. */
function createPoolWorker(
  { temporal, deployment }: WorkerParts,
  connection: NativeConnection,
  { passes, atOnce }: PoolParts,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: temporal.TEMPORAL_NAMESPACE,
    taskQueue: taskQueue(deployment, POOL_QUEUE),
    activities: { ...passes },
    maxConcurrentActivityTaskExecutions: atOnce,
    ...manners,
  });
}

/** How every worker beats and stops. */
const manners = {
  // Heartbeats carry nothing here, so they may go out each time: a cancellation arrives within a second.
  maxHeartbeatThrottleInterval: '1s',
  shutdownGraceTime: graceMs,
  shutdownForceTime: graceMs + 3_000,
} as const;
