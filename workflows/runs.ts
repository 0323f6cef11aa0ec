import type { RunInput } from '../contracts/core/engine.ts';
import type { PoolInput } from '../contracts/runs/pools.ts';
import { poolLoop } from './pool-loop.ts';
import { runLoop } from './run-loop.ts';

/** Runs one contact's, or one contact and key's, passage through a journey version. */
export function journeyWorkflow(input: RunInput): Promise<void> {
  return runLoop(input);
}

/** Runs one learner's attempt at a course run. */
export function enrollmentWorkflow(input: RunInput): Promise<void> {
  return runLoop(input);
}

/** Runs one document batch, from its file to its archive. */
export function batchWorkflow(input: RunInput): Promise<void> {
  return runLoop(input);
}

/** Runs many runs, each as its kind's workflow would. */
export function poolWorkflow(input: PoolInput): Promise<void> {
  return poolLoop(input);
}
