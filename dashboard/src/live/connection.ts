import { useSyncExternalStore } from 'react';

/** How changes reach this browser: `live` by the stream, `polling` where it is blocked; `lagMs` by how much the stream is late. */
export type Connection = { mode: 'connecting' | 'live' | 'polling'; lagMs: number };

let connection: Connection = { mode: 'connecting', lagMs: 0 };
const listeners = new Set<() => void>();

/** Notes how the connection stands. */
export function setConnection(next: Connection): void {
  if (next.mode === connection.mode && next.lagMs === connection.lagMs) return;
  connection = next;
  for (const listener of listeners) listener();
}

/** How the connection stands now. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}
