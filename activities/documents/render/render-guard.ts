import { workerData } from 'node:worker_threads';

/**
 * The guard thread of a render child. The main thread may be deep in a compiler that cannot be interrupted and hears nothing then:
 * this thread ends the process when its parent has died, or when one document takes more memory than any letter needs.
 */
const { parent } = workerData as { parent: number };
/** Twice what a child is recycled at: only a runaway document gets there. */
const MOST_BYTES = 1_500_000_000;
/** Twice a second: an orphan is gone long before the 10 s in which a stop must leave nothing behind. */
const EVERY_MS = 500;

setInterval(() => {
  const isOrphan = process.ppid !== parent;
  if (isOrphan || process.memoryUsage.rss() > MOST_BYTES) process.kill(process.pid, 'SIGKILL');
}, EVERY_MS);
