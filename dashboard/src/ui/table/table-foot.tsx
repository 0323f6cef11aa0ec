import { Plural, Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Kbd } from '../keys/kbd.tsx';
import classes from './table.module.css';

/** How many rows are shown, of how many, and the keys that work on them. */
export function TableFoot(props: {
  count: number;
  total: number | undefined;
  hasMore: boolean;
  isSelectable: boolean;
  opens: boolean;
}) {
  const { count, total, hasMore, isSelectable, opens } = props;
  return (
    <footer className={classes.foot}>
      <span role="status">{wordsFor(count, total, hasMore)}</span>
      <span className={classes.keys}>
        <span>
          <Kbd keys="j" /> <Kbd keys="k" /> <Trans>move</Trans>
        </span>
        {isSelectable && (
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
  );
}

function wordsFor(count: number, total: number | undefined, hasMore: boolean): ReactNode {
  if (total !== undefined)
    return (
      <Trans>
        {count} of {total} shown
      </Trans>
    );
  return hasMore ? (
    <Trans>{count} shown, more as you scroll</Trans>
  ) : (
    <Plural value={count} one="# in all" other="# in all" />
  );
}
