import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../platform/log.ts';

/**
 * Work that repeats: `run` does one pass, and ends it early on `signal`; a pass that returns a positive number is followed by the next at
 * once.
 */
export type Task = { name: string; everyMs: number; run(signal: AbortSignal): Promise<number | void> };

/** Tasks that run until they are stopped. */
export type Background = { stop(): Promise<void> };

/** Runs each task in its own loop. A pass that throws is logged and tried again after its interval: no fault ends a loop. */
export function startBackground(tasks: Task[], log: Logger): Background {
  const abort = new AbortController();
  const loops = tasks.map((task) => loop(task, log, abort.signal));
  return {
    async stop() {
      abort.abort();
      await Promise.all(loops);
    },
  };
}

async function loop(task: Task, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let didWork = false;
    try {
      didWork = ((await task.run(signal)) ?? 0) > 0;
    } catch (error) {
      log.warn({ task: task.name, err: error }, `${task.name} failed; it is tried again`);
    }
    if (!didWork) await sleep(task.everyMs, undefined, { signal }).catch(() => undefined);
  }
}
