import { useSyncExternalStore } from 'react';

/** How changes reach this browser: `live` by the stream, `polling` where it is blocked; `lagMs` by how much the stream is late. */
export type Standing = { mode: 'connecting' | 'live' | 'polling'; lagMs: number };

let standing: Standing = { mode: 'connecting', lagMs: 0 };
const listeners = new Set<() => void>();

/** Notes how the connection stands. */
export function setStanding(next: Standing): void {
  if (next.mode === standing.mode && next.lagMs === standing.lagMs) return;
  standing = next;
  for (const listener of listeners) listener();
}

/** How the connection stands now. */
export function useStanding(): Standing {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => standing,
  );
}
