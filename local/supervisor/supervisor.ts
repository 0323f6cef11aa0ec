import type { Guarded } from '../processes/guarded.ts';
import type { Service } from './service.ts';

/** Starts services in order, keeps them running and ends them in reverse order. */
export type Supervisor = {
  /** Starts a service and waits until it is ready; from then on it is started again whenever it ends. */
  start(service: Service): Promise<void>;
  /** The process ids of everything that runs now. */
  servers(): { name: string; pid: number }[];
  /** Ends everything within 10 s, the highest stage first; what was being started again is not. Repeatable. */
  stop(): Promise<void>;
};

/** Where the supervisor reports crashes and restarts, and what it calls when the set of processes changed. */
export type SupervisorOptions = { note(line: string): void; onChange?(): void; backoff?: Backoff };

/** Waits before a restart: the first one, doubled each time up to the last; forgotten after `steadyMs` without a crash. */
export type Backoff = { firstMs: number; lastMs: number; steadyMs: number };

const usualBackoff: Backoff = { firstMs: 500, lastMs: 30_000, steadyMs: 60_000 };
/** The launcher promises to be gone 10 s after Ctrl-C; whatever lives at this time is killed. */
const stopMs = 9_000;

type Entry = { service: Service; process: Guarded | null; waitMs: number };

/** Makes a supervisor that has nothing to run yet. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const backoff = options.backoff ?? usualBackoff;
  const entries: Entry[] = [];
  const ending = new AbortController();

  const run = async (entry: Entry): Promise<void> => {
    const process = await entry.service.start();
    entry.process = process;
    options.onChange?.();
    if (ending.signal.aborted) await process.stop();
    const startedAt = Date.now();
    void process.exited.then(async (code) => {
      entry.process = null;
      if (ending.signal.aborted) return;
      if (Date.now() - startedAt > backoff.steadyMs) entry.waitMs = backoff.firstMs;
      await startAgain(entry, `ended with code ${code}`);
    });
  };

  const startAgain = async (entry: Entry, why: string): Promise<void> => {
    options.note(`The ${entry.service.name} ${why}; it is started again in ${entry.waitMs / 1_000} s.`);
    await pause(entry.waitMs, ending.signal);
    if (ending.signal.aborted) return;
    entry.waitMs = Math.min(entry.waitMs * 2, backoff.lastMs);
    try {
      await run(entry);
      options.note(`The ${entry.service.name} runs again.`);
    } catch (error) {
      if (!ending.signal.aborted) await startAgain(entry, `did not start (${firstLine(error)})`);
    }
  };

  return {
    async start(service) {
      if (ending.signal.aborted) throw new Error('The stack is being stopped.');
      const entry: Entry = { service, process: null, waitMs: backoff.firstMs };
      entries.push(entry);
      await run(entry);
    },
    servers: () =>
      entries.flatMap(({ service, process }) => {
        const pid = process?.pid();
        return pid === undefined ? [] : [{ name: service.name, pid }];
      }),
    async stop() {
      ending.abort();
      const cut = setTimeout(() => {
        for (const { process } of entries) process?.kill('SIGKILL');
      }, stopMs);
      const stages = [...new Set(entries.map((entry) => entry.service.stage))].sort((a, b) => b - a);
      for (const stage of stages) {
        const members = entries.filter((entry) => entry.service.stage === stage);
        await Promise.all(members.map(({ process }) => process?.stop() ?? Promise.resolve()));
      }
      clearTimeout(cut);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
