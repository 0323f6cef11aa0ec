import type { Guarded } from '../processes/guarded.ts';
import { startGuarded } from '../processes/guarded.ts';
import { logFile, logLength, logTail } from './log-files.ts';

/**
 * One program of the stack. `start` resolves when it is ready for the ones after it and rejects with what to do. Programs of
 * the same `stage` are ended together, the highest stage first.
 */
export type Service = { name: string; stage: number; start(): Promise<Guarded> };

/** A Node program: its script, settings, and how to see that it is ready. */
export type NodeProgram = {
  name: string;
  stage: number;
  script: string;
  env: Record<string, string>;
  logs: string;
  /** Asked every 100 ms until it answers true, with the program's process id. */
  isReady(pid: number): Promise<boolean>;
  /** Until it is killed when it is to end. */
  graceMs: number;
};

/** A program that is not ready by then has failed. */
const readyMs = 60_000;

/** A service that runs a Node program under a guard. */
export function nodeService(program: NodeProgram): Service {
  return {
    name: program.name,
    stage: program.stage,
    async start() {
      const log = logFile(program.logs, program.name);
      const from = logLength(log);
      const child = startGuarded({
        command: process.execPath,
        args: ['--enable-source-maps', program.script],
        env: program.env,
        log,
        graceMs: program.graceMs,
      });
      const ended = child.exited.then((code) => `ended with code ${code}`);
      const problem = await Promise.race([ended, becomesReady(program, child)]);
      if (problem === null) return child;
      await child.stop();
      throw new Error(`The ${program.name} ${problem}. From its log ${log}:\n${logTail(program.name, log, from)}`);
    },
  };
}

async function becomesReady(program: NodeProgram, child: Guarded): Promise<string | null> {
  const end = Date.now() + readyMs;
  while (Date.now() < end) {
    const pid = child.pid();
    if (pid !== undefined && (await program.isReady(pid).catch(() => false))) return null;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return `was not ready within ${readyMs / 1_000} s`;
}
