import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef, useState } from 'react';

/** What comes after the rows that are loaded. */
export type More = { hasNext: boolean; isFetching: boolean; fetch: () => void };

/** How many rows before the end the next page is fetched: what a fast wheel passes before it arrives. */
const ahead = 60;
/** How many rows past the edges of the screen are drawn, so that none is missing while scrolling. */
const overscanRows = 6;

/**
 * The rows of a long list that are in sight, within the page or the nearest element with `data-scrolls`, and the one that has the
 * focus. Fetches `more` before the end is reached. `height`: the usual one of a row, in px; the real one is measured.
 */
export function useVirtualRows<T, E extends HTMLElement>(props: {
  rows: readonly T[];
  keyOf: (row: T) => string;
  height: number;
  more?: More | undefined;
}) {
  const { rows, keyOf, height, more } = props;
  const list = useRef<E>(null);
  const latestKeyOf = useRef(keyOf);
  latestKeyOf.current = keyOf;
  const [offset, setOffset] = useState(0);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollerOf(list.current),
    estimateSize: () => height,
    // Another function means that every row is measured again.
    getItemKey: useCallback(
      (index: number) => {
        const row = rows[index];
        return row === undefined ? index : latestKeyOf.current(row);
      },
      [rows],
    ),
    rangeExtractor: useCallback((range: Range) => withFocused(range, list.current), []),
    overscan: overscanRows,
    scrollMargin: offset,
  });
  useLayoutEffect(() => {
    // Where the list begins does not change while the user scrolls, and asking for it costs a layout.
    const scroller = virtualizer.isScrolling ? null : scrollerOf(list.current);
    if (!list.current || !scroller) return;
    const top = list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    setOffset(Math.round(top + scroller.scrollTop));
  });
  const items = virtualizer.getVirtualItems();
  const last = virtualizer.range?.endIndex ?? 0;
  useLayoutEffect(() => {
    if (more?.hasNext && !more.isFetching && last >= rows.length - ahead) more.fetch();
  });
  return { list, items, offset, virtualizer };
}

function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  return element?.closest<HTMLElement>('[data-scrolls], #main') ?? null;
}

/** A row with the focus stays in the page, else the focus would be lost when it is scrolled away. */
function withFocused(range: Range, list: HTMLElement | null): number[] {
  const shown = defaultRangeExtractor(range);
  const focused = list?.querySelector(':scope > [data-index]:focus-within')?.getAttribute('data-index');
  const index = Number(focused ?? -1);
  if (index < 0 || index >= range.count || shown.includes(index)) return shown;
  return [...shown, index].toSorted((a, b) => a - b);
}
