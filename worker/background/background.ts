import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../platform/log.ts';

/**
 * Work that repeats: `run` does one pass, and ends it early on `signal`; a pass that returns a positive number is followed by the next at
 * once. Another process may make the same pass at the same time.
 */
export type Task = { name: string; everyMs: number; run(signal: AbortSignal): Promise<number | void> };

/** Tasks that run until they are stopped. */
export type Background = { stop(): Promise<void> };

/** What may be other than usual: `passed` is called for each pass that came through, `patience` is for tests. */
export type BackgroundOptions = { passed?: (task: string) => void; patience?: Patience };

/** Milliseconds: after `passMs` a pass hangs, and `stopMs` are left to a pass once the tasks are stopped. */
type Patience = { passMs: number; stopMs: number };

/** The longest passes go through some thousand runs, call by call, in a minute or two; the launcher kills what has not ended in 9 s. */
const usual: Patience = { passMs: 10 * 60_000, stopMs: 8_000 };

/**
 * Runs each task in its own loop. A pass that throws is logged and tried again after its interval, and so is one that hangs, which nobody
 * waits for any longer: no fault ends a loop, and none keeps the process from ending.
 */
export function startBackground(
  tasks: Task[],
  log: Logger,
  { passed = () => undefined, patience = usual }: BackgroundOptions = {},
): Background {
  const abort = new AbortController();
  const loop = async (task: Task): Promise<void> => {
    while (!abort.signal.aborted) {
      let didWork = false;
      try {
        didWork = ((await onePass(task, abort.signal, patience)) ?? 0) > 0;
        passed(task.name);
      } catch (error) {
        log.warn({ task: task.name, err: error }, `${task.name} failed; it is tried again`);
      }
      if (!didWork) await sleep(task.everyMs, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  };
  const loops = tasks.map(loop);
  return {
    async stop() {
      abort.abort();
      await Promise.all(loops);
    },
  };
}

/** One pass, for as long as anybody waits for it. @throws what it throws, and an error where it hangs */
async function onePass(task: Task, stopped: AbortSignal, { passMs, stopMs }: Patience): Promise<number | void> {
  const pass = new AbortController();
  const late = Promise.withResolvers<never>();
  const giveUpAfter = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      pass.abort();
      late.reject(new Error(`It has not come through within ${ms} ms`));
    }, ms);
  let timer = giveUpAfter(passMs);
  const stop = (): void => {
    clearTimeout(timer);
    timer = giveUpAfter(stopMs);
    pass.abort();
  };
  stopped.addEventListener('abort', stop);
  try {
    return await Promise.race([task.run(pass.signal), late.promise]);
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', stop);
  }
}
