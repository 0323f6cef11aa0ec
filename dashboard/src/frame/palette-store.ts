import { useSyncExternalStore } from 'react';

let opened = 0;
const listeners = new Set<() => void>();

/** Opens the palette. */
export function openPalette(): void {
  opened += 1;
  for (const listener of listeners) listener();
}

/** How often the palette has been asked for; 0 until the first time, so that its code is fetched then. */
export function usePaletteRequests(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => opened,
  );
}
