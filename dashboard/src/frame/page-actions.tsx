import { useEffect, useSyncExternalStore } from 'react';
import type { IconName } from '../ui/icons.tsx';

/** Something that can be done to what is open, from the palette as from the page. */
export type PageAction = { id: string; label: string; icon: IconName; run: () => void };

let actions: readonly PageAction[] = [];
const listeners = new Set<() => void>();

function set(next: readonly PageAction[]): void {
  actions = next;
  for (const listener of listeners) listener();
}

/** Offers a page's actions in the palette while the page is open. `shape` changes when they do. */
export function useOfferActions(offered: readonly PageAction[]): void {
  const shape = offered.map(({ id, label }) => `${id}:${label}`).join('|');
  useEffect(() => {
    set(offered);
    return () => set([]);
    // The actions are new objects at each render; what they are is in the shape.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape]);
}

/** What can be done to what is open. */
export function usePageActions(): readonly PageAction[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => actions,
  );
}
