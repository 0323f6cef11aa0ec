/** Between two looks, in milliseconds. */
const pause = 50;

/**
 * Waits until `check` gives something, looking every 50 ms. Fails with `what` when `withinMs` have passed and it has looked as often
 * as a machine with nothing else to do looks in that time: a busy one makes looks longer, and so the wait.
 */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | null | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (let looks = 1; ; looks += 1) {
    const found = await check();
    if (found) return found;
    if (Date.now() > end && looks > withinMs / (2 * pause)) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
