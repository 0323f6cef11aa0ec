import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A log above this size is set aside at the next start; one older one is kept. */
const maxBytes = 20 * 1024 * 1024;
/** Enough of a log's end to see why a program did not start. */
const tailLines = 12;

/** The path of a program's log in `folder`, which is made; a log grown large is moved to `<name>.1.log` first. */
export function logFile(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${name}.log`);
  if (existsSync(file) && statSync(file).size > maxBytes) renameSync(file, join(folder, `${name}.1.log`));
  return file;
}

/** The last lines of a log, each with the program's name before it; what was there before byte `from` is left out. */
export function logTail(name: string, file: string, from = 0): string {
  if (!existsSync(file)) return '';
  const lines = readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n');
  return lines
    .slice(-tailLines)
    .map((line) => `  ${name} | ${line}`)
    .join('\n');
}

/** How long a log is now, in bytes. */
export function logLength(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}
