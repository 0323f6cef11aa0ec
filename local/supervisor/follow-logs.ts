import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** Often enough to read along, rarely enough to cost nothing. */
const lookMs = 300;
/** More at once is cut: no one can read along at that speed anyway. */
const maxBytes = 256 * 1024;

/**
 * Hands each line that is added to the logs from now on to `write`, with the program's name before it. `files` maps names to
 * paths; a log that does not exist yet is waited for. @returns how to stop
 */
export function followLogs(files: Record<string, string>, write: (line: string) => void): () => void {
  const width = Math.max(...Object.keys(files).map((name) => name.length));
  const followed = Object.entries(files).map(([name, file]) => ({
    prefix: `${name.padEnd(width)} | `,
    file,
    at: lengthOf(file),
    rest: '',
  }));
  const timer = setInterval(() => {
    for (const log of followed) {
      const length = lengthOf(log.file);
      // Shorter than before: it was set aside, and a new one begun.
      if (length < log.at) log.at = 0;
      if (length === log.at) continue;
      const lines = (log.rest + read(log.file, Math.max(log.at, length - maxBytes), length)).split('\n');
      log.at = length;
      log.rest = lines.pop() ?? '';
      for (const line of lines) write(log.prefix + line);
    }
  }, lookMs);
  return () => clearInterval(timer);
}

function lengthOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function read(file: string, from: number, to: number): string {
  const descriptor = openSync(file, 'r');
  const bytes = Buffer.alloc(to - from);
  const count = readSync(descriptor, bytes, 0, bytes.length, from);
  closeSync(descriptor);
  return bytes.toString('utf8', 0, count);
}
