import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import classes from './virtual-list.module.css';
import { type More, useVirtualRows } from './virtual-rows.ts';

/**
 * A list of things of any height and length, of which only those in sight are in the page; it goes on as it is scrolled. The thing
 * with the key `shown` is brought into sight whenever that changes.
 */
export function VirtualList<T extends object>(props: {
  label?: string;
  items: readonly T[];
  keyOf: (item: T) => string;
  height: number;
  more?: More;
  shown?: string | undefined;
  children: (item: T, index: number) => ReactNode;
}) {
  const { label, items, keyOf, height, more, shown, children } = props;
  const {
    list,
    items: inSight,
    offset,
    virtualizer,
  } = useVirtualRows<T, HTMLOListElement>({
    rows: items,
    keyOf,
    height,
    more,
  });
  const index = shown === undefined ? -1 : items.findIndex((item) => keyOf(item) === shown);
  const brought = useRef<string>(undefined);
  useEffect(() => {
    if (brought.current === shown || (shown !== undefined && index < 0)) return;
    brought.current = shown;
    if (index >= 0) virtualizer.scrollToIndex(index);
  }, [index, shown, virtualizer]);
  // While the user scrolls, what stays in sight is the same element, so that it is not drawn again.
  const drawn = useMemo(() => ({ children, elements: new WeakMap<T, ReactNode>() }), [children]);
  const elementOf = (item: T, at: number): ReactNode => {
    const element = drawn.elements.get(item) ?? drawn.children(item, at);
    drawn.elements.set(item, element);
    return element;
  };
  return (
    <ol ref={list} aria-label={label} className={classes.list} style={{ height: virtualizer.getTotalSize() }}>
      {inSight.map(({ key, index: at, start }) => {
        const item = items[at];
        if (item === undefined) return null;
        return (
          <li
            key={key}
            ref={virtualizer.measureElement}
            data-index={at}
            aria-setsize={more?.hasNext ? -1 : items.length}
            aria-posinset={at + 1}
            className={classes.item}
            style={{ transform: `translateY(${start - offset}px)` }}
          >
            {elementOf(item, at)}
          </li>
        );
      })}
    </ol>
  );
}
