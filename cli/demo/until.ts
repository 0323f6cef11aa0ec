import { setTimeout as sleep } from 'node:timers/promises';

/** How often the demo looks: often enough for a person who watches. */
const lookEveryMs = 300;
/** The batch waits for two decisions of a minute each, and a slow machine writes its letters in between. */
const patienceMs = 300_000;

/** Looks until `look` gives something. @throws Error when nothing came within five minutes */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within ${patienceMs / 1_000} s`);
    await sleep(lookEveryMs);
  }
}
