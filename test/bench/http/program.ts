import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort, isListening } from '../../../local/ports.ts';

/** A program that serves HTTP in a process of its own. */
export type Program = { origin: string; stop(): Promise<void> };

/** How long a program may take until it listens, on a busy machine. */
const startMs = 30_000;

/** Starts a compiled script of this project on a free port and waits until it listens. @throws Error when it does not */
export async function startProgram(script: string, wantedPort: number, env: Record<string, string>): Promise<Program> {
  const port = await freePort(wantedPort);
  const child = spawn(process.execPath, ['--enable-source-maps', fileURLToPath(new URL(script, import.meta.url))], {
    env: { ...process.env, ...env, PORT: String(port) },
    // Its log goes nowhere, as to a file: what it costs to write stays in.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  process.once('exit', () => child.kill('SIGKILL'));
  if (!(await isListening(port, startMs))) {
    await stop();
    throw new Error(`${script} does not listen`);
  }
  return { origin: `http://127.0.0.1:${port}`, stop };
}
