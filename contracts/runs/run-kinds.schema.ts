import { z } from 'zod';
import type { QueueName } from '../core/queues.ts';
import { enrollmentRun } from '../courses/run.schema.ts';
import { batchRun } from '../documents/run.schema.ts';
import { journeyRun } from '../journeys/run.schema.ts';
import type { RunKindRecord } from './run-kind.schema.ts';

/** The kinds of runs that have a machine. */
export const runKinds = {
  journey: journeyRun,
  enrollment: enrollmentRun,
  batch: batchRun,
} as const satisfies Record<string, RunKindRecord>;

/** A kind of run that has a machine. */
export type RunKindName = keyof typeof runKinds;

/** Their names. */
export const runKindNames = Object.keys(runKinds) as readonly RunKindName[];

/** What a run is an execution of: a machine's kind, or a workflow in code. */
export const RunKind = z.enum([...runKindNames, 'code']);

type Subject = (typeof runKinds)[RunKindName]['subject'];

/**
 * What a run is about, as its page links to it: a journey's version, a course run's enrollment, a batch; null for other
 * work.
 */
export const RunSubject = z
  .discriminatedUnion('kind', runKindNames.map((kind) => runKinds[kind].subject) as [Subject, ...Subject[]])
  .meta({ id: 'RunSubject' });
/** What a run is about. */
export type RunSubject = z.infer<typeof RunSubject>;

/** The record of a run's kind; undefined for a kind that has no machine. */
export function runKindOf(kind: string): RunKindRecord | undefined {
  return (runKinds as Readonly<Record<string, RunKindRecord>>)[kind];
}

/** The queue of runs without a record: workflows in code, and kinds that only a newer build knows. */
const otherQueue: QueueName = 'core';

/** The queues on which workflows run; the workers that serve them take the engine's turns too. */
export const workflowQueues: ReadonlySet<QueueName> = new Set([
  otherQueue,
  ...runKindNames.map((kind) => runKinds[kind].taskQueue),
]);

/** The queue on which workflows of one type run. */
export function workflowQueueOf(workflowType: string): QueueName {
  const kind = runKindNames.find((name) => runKinds[name].workflow === workflowType);
  return kind ? runKinds[kind].taskQueue : otherQueue;
}
