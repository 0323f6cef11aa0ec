import type { RunInput } from '../contracts/core/engine.ts';
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
