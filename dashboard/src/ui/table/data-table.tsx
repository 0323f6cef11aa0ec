import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { rowSelectionFeature, type RowSelectionState, tableFeatures, useTable } from '@tanstack/react-table';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useMemo } from 'react';
import { Kbd } from '../keys/kbd.tsx';
import { useKeys } from '../keys/keys.tsx';
import { type More, useVirtualRows } from '../virtual/virtual-rows.ts';
import { usePinnedRows } from './pinned-rows.ts';
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
/** The cells are drawn here: the table knows which rows there are and which are chosen. */
const noColumns: [] = [];
const none: RowSelectionState = {};

const rowHeight = 37;

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
  more?: More;
}) {
  const { t } = useLingui();
  const { label, keyOf, columns, scope = '', selection, total, opens = true, more } = props;
  const { shown, freshCount, showFresh } = usePinnedRows(props.rows, keyOf, scope);
  const table = useTable({
    features,
    data: shown,
    columns: noColumns,
    getRowId: keyOf,
    enableRowSelection: selection !== undefined,
    state: { rowSelection: selection?.chosen ?? none },
    onRowSelectionChange: (change) => {
      const before = selection?.chosen ?? none;
      selection?.onChange(typeof change === 'function' ? change(before) : change);
    },
  });
  const { rows } = table.getRowModel();
  const { list, items, offset, virtualizer } = useVirtualRows<T, HTMLDivElement>({
    rows: shown,
    keyOf,
    height: rowHeight,
    more,
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
  // While the user scrolls, the cells of a row that stays in sight are the same elements, so that they are not drawn again.
  const drawn = useMemo(() => ({ columns, cells: new WeakMap<T, ReactNode[]>() }), [columns]);
  const cellsOf = (row: T): ReactNode[] => {
    const cells = drawn.cells.get(row) ?? drawn.columns.map((column, index) => cellOf(column, row, index));
    drawn.cells.set(row, cells);
    return cells;
  };
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
                <input
                  type="checkbox"
                  className={classes.check}
                  aria-label={t`Choose all rows that are loaded`}
                  checked={table.getIsAllRowsSelected()}
                  ref={(box) => {
                    if (box) box.indeterminate = table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected();
                  }}
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
                    <input
                      type="checkbox"
                      className={classes.check}
                      aria-label={t`Choose row ${item.index + 1}`}
                      checked={row.getIsSelected()}
                      onChange={row.getToggleSelectedHandler()}
                    />
                  </span>
                )}
                {cellsOf(row.original)}
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

function cellOf<T>({ id, cell, align, isWideOnly }: Column<T>, row: T, index: number): ReactNode {
  const { cell: plain, mainCell, endAlign, wideOnly } = classes;
  return (
    <span
      key={id}
      role="cell"
      className={[plain, index === 0 ? mainCell : '', align === 'end' ? endAlign : '', isWideOnly ? wideOnly : ''].join(
        ' ',
      )}
    >
      {cell(row)}
    </span>
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
