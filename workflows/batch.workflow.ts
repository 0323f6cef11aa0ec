import type { RunInput } from '../contracts/core/engine.ts';
import { runLoop } from './run-loop.ts';

/** Runs one document batch, from its file to its archive. */
export function batchWorkflow(input: RunInput): Promise<void> {
  return runLoop(input);
}
