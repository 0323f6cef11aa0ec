import { useLingui } from '@lingui/react/macro';
import type { ChangeEventHandler } from 'react';
import type { Column } from './column.ts';
import classes from './table.module.css';

/** What of the loaded rows is chosen, and a change of all of them. */
type Choice = { isAll: boolean; isSome: boolean; onChange: ChangeEventHandler<HTMLInputElement> };

/** The names of the columns; `template` is their tracks. With `choice` a box before them chooses all rows. */
export function TableHead<T>(props: { columns: readonly Column<T>[]; template: string; choice: Choice | null }) {
  const { t } = useLingui();
  const { columns, template, choice } = props;
  return (
    <div role="rowgroup">
      <div role="row" aria-rowindex={1} className={classes.head} style={{ gridTemplateColumns: template }}>
        {choice && (
          <span role="columnheader" className={classes.choice}>
            <input
              type="checkbox"
              className={classes.check}
              aria-label={t`Choose all rows that are loaded`}
              checked={choice.isAll}
              ref={(box) => {
                if (box) box.indeterminate = choice.isSome && !choice.isAll;
              }}
              onChange={choice.onChange}
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
  );
}
