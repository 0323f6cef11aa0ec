import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A server under a guard process. `exited` resolves with its exit code; `stop()` asks it to end, and kills it after the
 * grace period. `pid()` is the server's own id, known shortly after the start.
 */
export type Guarded = {
  pid(): number | undefined;
  exited: Promise<number>;
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
};

/**
 * What to run. `log` is the file that its output is appended to; `signal` asks it to end (SIGTERM by default), `graceMs`
 * the time until SIGKILL follows (5 s by default).
 */
export type GuardedOptions = {
  command: string;
  args: string[];
  log: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  signal?: NodeJS.Signals;
  graceMs?: number;
};

const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));

/** Starts a server that cannot outlive this process: its guard ends it when the pipe between them closes. */
export function startGuarded(options: GuardedOptions): Guarded {
  mkdirSync(dirname(options.log), { recursive: true });
  const errors = openSync(options.log, 'a');
  // A process group of its own: Ctrl-C reaches the launcher alone, which ends the servers in their order.
  const child: ChildProcess = spawn(process.execPath, [guard], {
    env: { ...process.env, TL_GUARD: JSON.stringify(options) },
    stdio: ['pipe', 'ignore', errors, 'ipc'],
    detached: true,
  });
  closeSync(errors);
  let pid: number | undefined;
  child.on('message', (message: { pid?: number }) => {
    pid = message.pid;
    child.disconnect();
    child.unref();
  });
  child.stdin?.on('error', () => undefined);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });
  return {
    pid: () => pid,
    exited,
    async stop() {
      child.ref();
      child.stdin?.end();
      await exited;
    },
    kill(signal) {
      if (pid === undefined) return;
      try {
        process.kill(pid, signal);
      } catch (error) {
        // It has ended by itself meanwhile, so there is nothing to end.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    },
  };
}
