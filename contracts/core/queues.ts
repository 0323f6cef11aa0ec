/** The task queues; one worker each, in one process by default. A kind of run names the one of its workflow. */
export const queueNames = ['core', 'email', 'llm', 'crm', 'render'] as const;

/** The name of a task queue without its deployment's prefix. */
export type QueueName = (typeof queueNames)[number];

/** The Temporal task queue of `queue` in one deployment; tests and deployments that share a Temporal differ in the prefix. */
export function taskQueue(deployment: string, queue: QueueName | typeof POOL_QUEUE): string {
  return `${deployment}.${queue}`;
}

/** The queue of the passes over pools: workers that serve `core` serve it, too, with places and connections that nothing else has. */
export const POOL_QUEUE = 'pool';

/** The sister queue of `own`, the task queue a workflow runs on. */
export function sisterQueue(own: string, queue: QueueName | typeof POOL_QUEUE): string {
  return `${own.slice(0, own.lastIndexOf('.'))}.${queue}`;
}
