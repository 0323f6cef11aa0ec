import { Plural } from '@lingui/react/macro';
import { rowSelectionFeature, type RowSelectionState, tableFeatures, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo } from 'react';
import { type More, useVirtualRows } from '../virtual/virtual-rows.ts';
import type { Column, Selection } from './column.ts';
import { usePinnedRows } from './pinned-rows.ts';
import { TableFoot } from './table-foot.tsx';
import { TableHead } from './table-head.tsx';
import { cellOf, TableRow } from './table-row.tsx';
import classes from './table.module.css';
import { useRowKeys } from './use-row-keys.ts';

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
  useRowKeys({
    list,
    count: rows.length,
    firstInSight: () => virtualizer.range?.startIndex ?? 0,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
    choose: selection ? (index) => rows[index]?.toggleSelected() : null,
  });
  // While the user scrolls, the cells of a row that stays in sight are the same elements, so that they are not drawn again.
  const drawn = useMemo(() => ({ columns, cells: new WeakMap<T, ReactNode[]>() }), [columns]);
  const cellsOf = (row: T): ReactNode[] => {
    const cells = drawn.cells.get(row) ?? drawn.columns.map((column, index) => cellOf(column, row, index));
    drawn.cells.set(row, cells);
    return cells;
  };
  const template = [...(selection ? ['20px'] : []), ...columns.map(({ width }) => width)].join(' ');
  const count = rows.length;
  const hasMore = more?.hasNext ?? false;
  const choiceOfAll = {
    isAll: table.getIsAllRowsSelected(),
    isSome: table.getIsSomeRowsSelected(),
    onChange: table.getToggleAllRowsSelectedHandler(),
  };
  return (
    <div className={classes.table}>
      {freshCount > 0 && (
        <div className={classes.fresh}>
          <button type="button" className={classes.pill} onClick={showFresh}>
            <Plural value={freshCount} one="# new" other="# new" />
          </button>
        </div>
      )}
      <div role="table" aria-label={label} aria-rowcount={total ?? (hasMore ? -1 : count + 1)}>
        <TableHead columns={columns} template={template} choice={selection ? choiceOfAll : null} />
        <div role="rowgroup" ref={list} className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ key, index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <TableRow
                key={key}
                ref={virtualizer.measureElement}
                index={index}
                top={start - offset}
                template={template}
                choice={selection ? { isChosen: row.getIsSelected(), onChange: row.getToggleSelectedHandler() } : null}
                cells={cellsOf(row.original)}
              />
            );
          })}
        </div>
      </div>
      <TableFoot count={count} total={total} hasMore={hasMore} isSelectable={selection !== undefined} opens={opens} />
    </div>
  );
}
