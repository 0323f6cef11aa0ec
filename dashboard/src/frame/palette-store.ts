import type { FoundItem } from '../../../contracts/operations/search-api.schema.ts';
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

/** As many as one takes in at a look. */
const most = 5;
// Of this page load alone: what is kept on a device would name people beyond their erasure, and things of other workspaces.
let recent: readonly FoundItem[] = [];

/** What was opened from the palette, the last first, each once. */
export function recentItems(): readonly FoundItem[] {
  return recent;
}

/** Notes that something was opened from the palette. */
export function noteRecent(item: FoundItem): void {
  const others = recent.filter(({ kind, id }) => kind !== item.kind || id !== item.id);
  recent = [item, ...others].slice(0, most);
}
