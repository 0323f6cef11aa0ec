/**
 * Runs `lead` in one tab of the browser at a time, until `signal` aborts; another takes over when that tab closes. Where the
 * browser has no locks, every tab leads itself.
 */
export async function whileLeading(
  name: string,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => void,
): Promise<void> {
  if (!('locks' in navigator)) {
    lead(signal);
    return;
  }
  const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await navigator.locks
    .request(name, { signal }, async () => {
      lead(signal);
      await over;
    })
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}
