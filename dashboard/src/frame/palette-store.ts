import { useSyncExternalStore } from 'react';

let opened = 0;
let typed = '';
const listeners = new Set<() => void>();

/** Opens the palette. What is typed before its search field has the focus is kept for that field; Escape lets the keys go. */
export function openPalette(): void {
  opened += 1;
  addEventListener('keydown', keepTyped, { capture: true });
  for (const listener of listeners) listener();
}

/** What was typed while the palette was opening. From now on keys go where the focus is. */
export function takeTyped(): string {
  removeEventListener('keydown', keepTyped, { capture: true });
  const taken = typed;
  typed = '';
  return taken;
}

function keepTyped(event: KeyboardEvent): void {
  const { key } = event;
  if (key === 'Escape') takeTyped();
  if (event.ctrlKey || event.metaKey) return;
  if (key.length === 1) typed += key;
  else if (key === 'Backspace') typed = typed.slice(0, -1);
  // There is nothing to choose yet, and what has the focus is behind the palette.
  else if (key !== 'Enter') return;
  event.preventDefault();
  event.stopPropagation();
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
