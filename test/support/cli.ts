import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a command printed, and how it ended. */
export type CommandEnd = { code: number | null; out: string; err: string };

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/**
 * Runs `throughline` as it is built, as a process of its own, in `cwd`, against a server; `onStderr` gets standard error as
 * it grows.
 */
export function runCommand(
  args: string[],
  options: { cwd: string; url?: string; key?: string; onStderr?: (err: string) => void },
): Promise<CommandEnd> {
  const { THROUGHLINE_LAUNCHED: _, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd,
    env: {
      ...env,
      THROUGHLINE_HOME: options.cwd,
      ...(options.url === undefined ? {} : { THROUGHLINE_URL: options.url }),
      ...(options.key === undefined ? {} : { THROUGHLINE_API_KEY: options.key }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end: CommandEnd = { code: null, out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (end.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    end.err += data.toString();
    options.onStderr?.(end.err);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...end, code }));
  });
}
