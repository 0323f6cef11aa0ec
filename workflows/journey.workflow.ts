import type { RunInput } from '../contracts/core/engine.ts';
import { runLoop } from './run-loop.ts';

/** Runs one contact's, or one contact and key's, passage through a journey version. */
export function journeyWorkflow(input: RunInput): Promise<void> {
  return runLoop(input);
}
