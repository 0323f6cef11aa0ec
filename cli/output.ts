export { step } from '../bin/steps.mjs';

/** A problem that its message explains to the person at the terminal; it is printed without a stack, and the exit code is 1. */
export class CliError extends Error {}

/** Writes a line of the answer to standard output; progress goes to standard error instead (`step`, `note`). */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line about what is going on to standard error. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
