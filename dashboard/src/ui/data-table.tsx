import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Checkbox } from '@mantine/core';
import { rowSelectionFeature, type RowSelectionState, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { Kbd } from '../frame/kbd.tsx';
import { useKeys } from '../frame/keys.tsx';
import { useSteadyRows } from './steady-rows.ts';
import classes from './table.module.css';

/** A column; `width` is a track of a CSS grid. `isWideOnly` leaves it out on a phone, where a row is two or three lines. */
export type Column<T> = {
  id: string;
  header: ReactNode;
  width: string;
  cell: (row: T) => ReactNode;
  align?: 'end';
  isWideOnly?: boolean;
};

/** Which rows are chosen, by their key, and what to do when that changes. */
export type Selection = { chosen: RowSelectionState; onChange: (chosen: RowSelectionState) => void };

const features = tableFeatures({ rowSelectionFeature });
const rowHeight = 37;
/** How many rows before the end the next page is fetched. */
const ahead = 20;

/**
 * A list of any length: only the rows in sight are in the page. The first column holds the row's link; a click anywhere on the row
 * follows it, `j` and `k` go from row to row, `x` chooses. New rows wait behind a pill, so that nothing jumps. `opens`: whether rows
 * lead anywhere.
 */
export function DataTable<T extends object>(props: {
  label: string;
  rows: readonly T[];
  keyOf: (row: T) => string;
  columns: readonly Column<T>[];
  scope?: string;
  selection?: Selection;
  total?: number | undefined;
  opens?: boolean;
  more?: { hasNext: boolean; isFetching: boolean; fetch: () => void };
}) {
  const { t } = useLingui();
  const { label, keyOf, columns, scope = '', selection, total, opens = true, more } = props;
  const { shown, freshCount, showFresh } = useSteadyRows(props.rows, keyOf, scope);
  const table = useTable({
    features,
    data: shown,
    columns: columns.map(({ id, header }) => ({ id, header: () => header })),
    getRowId: keyOf,
    enableRowSelection: selection !== undefined,
    state: { rowSelection: selection?.chosen ?? {} },
    onRowSelectionChange: (change) => {
      const before = selection?.chosen ?? {};
      selection?.onChange(typeof change === 'function' ? change(before) : change);
    },
  });
  const { rows } = table.getRowModel();
  const list = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => setOffset(list.current?.offsetTop ?? 0), [freshCount]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => document.querySelector<HTMLElement>('#main'),
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
    scrollMargin: offset,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useLayoutEffect(() => {
    if (more?.hasNext && !more.isFetching && last >= rows.length - ahead) more.fetch();
  });
  const step = (by: 1 | -1): void => {
    const focused = list.current?.querySelector('[role=row]:focus-within');
    const at = focused ? Number(focused.getAttribute('data-index')) + by : (virtualizer.range?.startIndex ?? 0);
    const to = Math.min(Math.max(at, 0), rows.length - 1);
    virtualizer.scrollToIndex(to);
    requestAnimationFrame(() => linkOf(list.current?.querySelector(`[data-index="${to}"]`))?.focus());
  };
  const choose = (): void => {
    const index = list.current?.querySelector('[role=row]:focus-within')?.getAttribute('data-index');
    if (index) rows[Number(index)]?.toggleSelected();
  };
  useKeys([
    { keys: 'j', label: t`Next row`, run: () => step(1) },
    { keys: 'k', label: t`Row before`, run: () => step(-1) },
    ...(selection ? [{ keys: 'x', label: t`Choose the row`, run: choose }] : []),
  ]);
  const template = [...(selection ? ['20px'] : []), ...columns.map(({ width }) => width)].join(' ');
  const count = rows.length;
  return (
    <div className={classes.table}>
      {freshCount > 0 && (
        <div className={classes.fresh}>
          <button type="button" className={classes.pill} onClick={showFresh}>
            <Plural value={freshCount} one="# new" other="# new" />
          </button>
        </div>
      )}
      <div role="table" aria-label={label} aria-rowcount={total ?? (more?.hasNext ? -1 : count + 1)}>
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: template }}>
            {selection && (
              <span role="columnheader" className={classes.choice}>
                <Checkbox
                  aria-label={t`Choose all rows that are loaded`}
                  checked={table.getIsAllRowsSelected()}
                  indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
                  onChange={table.getToggleAllRowsSelectedHandler()}
                />
              </span>
            )}
            {columns.map(({ id, header, align }) => (
              <span key={id} role="columnheader" className={align === 'end' ? classes.endAlign : ''}>
                {header}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={list} className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={selection ? row.getIsSelected() : undefined}
                data-index={item.index}
                className={classes.row}
                style={{ gridTemplateColumns: template, transform: `translateY(${item.start - offset}px)` }}
                onClick={followRow}
              >
                {selection && (
                  <span role="cell" className={classes.choice}>
                    <Checkbox
                      aria-label={t`Choose row ${item.index + 1}`}
                      checked={row.getIsSelected()}
                      onChange={row.getToggleSelectedHandler()}
                    />
                  </span>
                )}
                {columns.map(({ id, cell, align, isWideOnly }, index) => (
                  <span
                    key={id}
                    role="cell"
                    className={[
                      classes.cell,
                      index === 0 ? classes.mainCell : '',
                      align === 'end' ? classes.endAlign : '',
                      isWideOnly ? classes.wideOnly : '',
                    ].join(' ')}
                  >
                    {cell(row.original)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <footer className={classes.foot}>
        <span role="status">
          {total === undefined ? (
            more?.hasNext ? (
              <Trans>{count} shown, more as you scroll</Trans>
            ) : (
              <Plural value={count} one="# in all" other="# in all" />
            )
          ) : (
            <Trans>
              {count} of {total} shown
            </Trans>
          )}
        </span>
        <span className={classes.keys}>
          <span>
            <Kbd keys="j" /> <Kbd keys="k" /> <Trans>move</Trans>
          </span>
          {selection && (
            <span>
              <Kbd keys="x" /> <Trans>choose</Trans>
            </span>
          )}
          {opens && (
            <span>
              <Kbd keys="Enter" /> <Trans>open</Trans>
            </span>
          )}
        </span>
      </footer>
    </div>
  );
}

function linkOf(row: Element | null | undefined): HTMLElement | null {
  return row?.querySelector<HTMLElement>('a, button') ?? null;
}

/** A click beside the row's own links, buttons and text that is being marked goes where its first link goes. */
function followRow(event: MouseEvent<HTMLDivElement> | KeyboardEvent<HTMLDivElement>): void {
  if (!(event.target instanceof Element) || event.target.closest('a, button, input, label')) return;
  if (getSelection()?.isCollapsed === false) return;
  event.currentTarget.querySelector<HTMLElement>('a')?.click();
}
