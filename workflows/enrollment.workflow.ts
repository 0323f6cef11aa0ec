import type { RunInput } from '../contracts/core/engine.ts';
import { runLoop } from './run-loop.ts';

/** Runs one learner's attempt at a course run. */
export function enrollmentWorkflow(input: RunInput): Promise<void> {
  return runLoop(input);
}
