import { printable } from '../../platform/printable.ts';

export { step } from '../../bin/steps.mjs';

/** A problem that its message explains to the person at the terminal; it is printed without a stack, and the exit code is 1. */
export class CliError extends Error {}

/** Writes a line of the answer to standard output; progress goes to standard error instead (`step`, `note`). */
export function say(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

/** Writes a line about what is going on to standard error. */
export function note(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

/** What to tell the person at the terminal about an error: its message, or what to do about a full disk. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return /ENOSPC|no space left/i.test(error.message)
    ? 'The disk is full: free some space and start again.'
    : error.message;
}
