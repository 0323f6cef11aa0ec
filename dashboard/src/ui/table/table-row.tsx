import { useLingui } from '@lingui/react/macro';
import type { MouseEvent, ReactNode, Ref } from 'react';
import type { Column } from './column.ts';
import classes from './table.module.css';

/** A row in its place: `top` is how far it is below the list's beginning, in px. With `choice` a box before its cells chooses it. */
export function TableRow(props: {
  ref: Ref<HTMLDivElement>;
  index: number;
  top: number;
  template: string;
  choice: { isChosen: boolean; onChange: (event: unknown) => void } | null;
  cells: readonly ReactNode[];
}) {
  const { t } = useLingui();
  const { ref, index, top, template, choice, cells } = props;
  return (
    <div
      ref={ref}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={choice?.isChosen}
      data-index={index}
      className={classes.row}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
      onClick={followRow}
      onAuxClick={followRow}
    >
      {choice && (
        <span role="cell" className={classes.choice}>
          <input
            type="checkbox"
            className={classes.check}
            aria-label={t`Choose row ${index + 1}`}
            checked={choice.isChosen}
            onChange={choice.onChange}
          />
        </span>
      )}
      {cells}
    </div>
  );
}

/** The cell of a column in a row. */
export function cellOf<T>({ id, cell, align, isWideOnly }: Column<T>, row: T, index: number): ReactNode {
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

/**
 * A click beside the row's own links, buttons and text that is being marked goes where its first link goes, in a tab of its own where the
 * link would: with Ctrl, ⌘ or the middle button.
 */
function followRow(event: MouseEvent<HTMLDivElement>): void {
  if (!(event.target instanceof Element) || event.target.closest('a, button, input, label')) return;
  // React sends a click in a dialog that was opened from the row to the row as well.
  if (!event.currentTarget.contains(event.target)) return;
  const { button, ctrlKey, metaKey, shiftKey } = event;
  if (button > 1 || getSelection()?.isCollapsed === false) return;
  const link = event.currentTarget.querySelector('a');
  if (!link) return;
  // A made-up click with Ctrl opens no tab where the browser does not take it for the person's own.
  if (ctrlKey || metaKey || shiftKey || button === 1) window.open(link.href, '_blank', 'noopener');
  else link.click();
}
