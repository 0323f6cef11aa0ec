import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';

/** A shortcut: one key (`j`), a sequence (`g h`) or a chord (`mod+Enter`), what it does in words, and the action. */
export type Shortcut = { keys: string; label: string; run: () => void };

type Registry = {
  add: (shortcuts: readonly Shortcut[]) => () => void;
  all: () => readonly Shortcut[];
  areOn: boolean;
  turn: (on: boolean) => void;
};

const Keys = createContext<Registry | null>(null);
const storageKey = 'throughline-single-keys';
/** How long the second key of a sequence may take, by when both are pressed: a page that is busy meanwhile loses none. */
const sequenceMs = 900;

/** Listens to the keys of the whole page. Single keys can be turned off (WCAG 2.2, 2.1.4); chords stay. */
export function KeysProvider({ children }: { children: ReactNode }) {
  const lists = useRef(new Set<readonly Shortcut[]>());
  const [areOn, setOn] = useState(() => localStorage.getItem(storageKey) !== 'off');
  const registry = useMemo<Registry>(
    () => ({
      add: (shortcuts) => {
        lists.current.add(shortcuts);
        return () => lists.current.delete(shortcuts);
      },
      all: () => [...lists.current].flat(),
      areOn,
      turn: (on) => {
        localStorage.setItem(storageKey, on ? 'on' : 'off');
        setOn(on);
      },
    }),
    [areOn],
  );
  useEffect(() => {
    let before = '';
    let pressedAt = 0;
    let isCovered = false;
    // Asked before a dialog can close at the key: the page behind it does not get that key.
    const look = (): void => {
      isCovered = document.querySelector('[role=dialog]') !== null;
    };
    const handleKey = (event: KeyboardEvent): void => {
      const pressed = isCovered ? null : nameOf(event);
      if (pressed === null || (!pressed.startsWith('mod+') && (!registry.areOn || isTyping(event)))) return;
      // The last one added is the innermost: a part's keys come before the page's. A sequence that was begun comes before both.
      const named = (name: string) => registry.all().findLast(({ keys }) => keys === name);
      const isSequence = event.timeStamp - pressedAt <= sequenceMs;
      const found = (isSequence ? named(`${before} ${pressed}`) : undefined) ?? named(pressed);
      before = pressed;
      pressedAt = event.timeStamp;
      if (!found || event.defaultPrevented) return;
      event.preventDefault();
      before = '';
      found.run();
    };
    addEventListener('keydown', look, { capture: true });
    addEventListener('keydown', handleKey);
    return () => {
      removeEventListener('keydown', look, { capture: true });
      removeEventListener('keydown', handleKey);
    };
  }, [registry]);
  return <Keys.Provider value={registry}>{children}</Keys.Provider>;
}

/** Gives the page shortcuts while the component is there; `?` lists them. */
export function useKeys(shortcuts: readonly Shortcut[]): void {
  const { add } = useRegistry();
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const shape = shortcuts.map(({ keys, label }) => `${keys}:${label}`).join('|');
  useEffect(() => {
    const stable = latest.current.map(({ keys, label }, index) => ({
      keys,
      label,
      run: () => latest.current[index]?.run(),
    }));
    return add(stable);
  }, [add, shape]);
}

/** The shortcuts that work now, and the switch of the single keys. */
export function useKeyList(): Pick<Registry, 'all' | 'areOn' | 'turn'> {
  return useRegistry();
}

function useRegistry(): Registry {
  const registry = useContext(Keys);
  if (!registry) throw new Error('Keys are used outside KeysProvider');
  return registry;
}

/** A key as shortcuts name it; null for one that belongs to the browser or is only a modifier. */
function nameOf(event: KeyboardEvent): string | null {
  const { key } = event;
  if (event.isComposing || event.altKey || ['Shift', 'Control', 'Meta'].includes(key)) return null;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role=menu]') !== null
    ? !(target instanceof HTMLInputElement && ['checkbox', 'radio'].includes(target.type))
    : false;
}
