import { workerData } from 'node:worker_threads';

/**
 * The guard thread of a render child. The main thread may be deep in a compiler that cannot be interrupted and then
 * receives no message: this thread ends the process when its parent has died, or when one document takes more memory than
 * any letter needs.
 */
const { parent } = workerData as { parent: number };
/** Twice the memory at which a child is recycled: only a runaway document reaches it. */
const MOST_BYTES = 1_500_000_000;
/** Twice a second: an orphan is gone long before the 10 s in which a stop must leave nothing behind. */
const EVERY_MS = 500;

setInterval(() => {
  const isOrphan = process.ppid !== parent;
  if (isOrphan || process.memoryUsage.rss() > MOST_BYTES) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);
