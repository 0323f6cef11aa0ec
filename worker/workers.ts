import { NativeConnection, Worker } from '@temporalio/worker';
import type { EngineActivities, PerformActivities } from '../contracts/core/engine.ts';
import type { PerformName } from '../contracts/core/machine.ts';
import { performOptions } from '../contracts/core/performs.ts';
import { taskQueue, type QueueName } from '../contracts/core/queues.ts';

/** What the Temporal workers of one process are made of. */
export type WorkerParts = {
  address: string;
  namespace: string;
  deployment: string;
  queues: readonly QueueName[];
  codePath: string;
  engine: EngineActivities;
  performs: Partial<PerformActivities>;
};

/** Workers that poll. `stop()` drains them: running activities get the grace time, then a cancellation. */
export type Workers = { stop(): Promise<void>; failed: Promise<never> };

/** About 90 KiB a cached run: 45 MiB. */
const maxCachedWorkflows = 500;
/** As many as the engine's pool has connections (docs/architecture.md §3.1). */
const maxTurns = 20;
/** A shutdown that takes longer is cut; below the 10 s after which the launcher kills. */
const graceMs = 5_000;

/** Activities at once on a queue: calls that wait on the network are many, rendering is bounded by the cores. */
const slots: Record<QueueName, number> = { core: 50, email: 40, llm: 100, crm: 40, render: 4 };

/** Connects and starts one worker for each queue; workflow tasks and turns run on `core`. */
export async function startWorkers(parts: WorkerParts): Promise<Workers> {
  const connection = await NativeConnection.connect({ address: parts.address });
  const workers = await Promise.all(
    parts.queues.filter((queue) => hasWork(parts, queue)).map((queue) => createWorker(parts, connection, queue)),
  );
  const runs = workers.map((worker) => worker.run());
  const failed = Promise.race(runs).then(() => new Promise<never>(() => undefined));
  // Who awaits `failed` sees the fault; nobody has to.
  failed.catch(() => undefined);
  return {
    failed,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(runs);
      await connection.close();
    },
  };
}

/** The performs that run on a queue. */
function performsOf(parts: WorkerParts, queue: QueueName): [string, unknown][] {
  return Object.entries(parts.performs).filter(([name]) => performOptions[name as PerformName].queue === queue);
}

function hasWork(parts: WorkerParts, queue: QueueName): boolean {
  return queue === 'core' || performsOf(parts, queue).length > 0;
}

function createWorker(parts: WorkerParts, connection: NativeConnection, queue: QueueName): Promise<Worker> {
  const workflows = {
    workflowBundle: { codePath: parts.codePath },
    maxCachedWorkflows,
    maxConcurrentLocalActivityExecutions: maxTurns,
  };
  return Worker.create({
    connection,
    namespace: parts.namespace,
    taskQueue: taskQueue(parts.deployment, queue),
    activities: { ...Object.fromEntries(performsOf(parts, queue)), ...(queue === 'core' ? parts.engine : {}) },
    ...(queue === 'core' ? workflows : {}),
    maxConcurrentActivityTaskExecutions: slots[queue],
    // Heartbeats carry nothing here, so they may go out each time: a cancellation arrives within a second.
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: graceMs,
    shutdownForceTime: graceMs + 3_000,
  });
}
