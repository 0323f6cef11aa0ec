import { openEvents } from '../../support/event-source.ts';

/** What one open page saw. */
export type Viewer = {
  /** Milliseconds from each commit to the moment at which the number fetched after it was there. */
  lags: number[];
  /** The newest revision that the page received of each run. */
  seen: ReadonlyMap<string, number>;
  close(): Promise<void>;
};

/** As the dashboard gathers changes before it asks again. */
const gatherMs = 250;

/**
 * Opens a page's stream; after each burst of changes it fetches a number again, as a badge does. `committed` is when a
 * revision was committed.
 */
export async function openViewer(
  origin: string,
  key: string,
  committed: (id: string, rev: number) => number | undefined,
): Promise<Viewer> {
  const headers = { authorization: `Bearer ${key}` };
  const events = await openEvents(`${origin}/v1/stream?topics=run`, headers);
  if (events.status !== 200) throw new Error(`The stream answered ${events.status}`);
  const lags: number[] = [];
  const seen = new Map<string, number>();
  let read = 0;
  let isOver = false;
  const follow = async (): Promise<void> => {
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, gatherMs));
      const fresh = events.told.slice(read);
      read += fresh.length;
      const commits: number[] = [];
      for (const { data } of fresh) {
        const { id, rev } = data;
        if (typeof id !== 'string' || typeof rev !== 'number') continue;
        seen.set(id, Math.max(rev, seen.get(id) ?? 0));
        const at = committed(id, rev);
        if (at !== undefined) commits.push(at);
      }
      if (commits.length === 0) continue;
      const answer = await fetch(`${origin}/v1/gates/counts`, { headers });
      await answer.text();
      const now = performance.now();
      lags.push(...commits.map((at) => now - at));
    }
  };
  const following = follow();
  return {
    lags,
    seen,
    async close() {
      isOver = true;
      await following;
      await events.close();
    },
  };
}
