import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Count } from '../numbers.tsx';
import classes from './link-tabs.module.css';

/** A tab is an address, so that it can be shared. `isOpen`: it is the one that is shown. */
export type LinkTab = { key: string; label: ReactNode; count?: number | undefined; isOpen: boolean; link: LinkProps };

/** The parts of a page, one shown at a time. */
export function LinkTabs({ label, tabs, end }: { label: string; tabs: readonly LinkTab[]; end?: ReactNode }) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {tabs.map(({ key, label: words, count, isOpen, link }) => (
        <Link
          key={key}
          {...link}
          className={classes.tab}
          activeOptions={{ exact: true }}
          activeProps={{ 'aria-current': undefined }}
          aria-current={isOpen ? 'page' : undefined}
        >
          {words}{' '}
          {count !== undefined && (
            <span className="num small text2">
              <Count value={count} />
            </span>
          )}
        </Link>
      ))}
      {end !== undefined && <span className={classes.end}>{end}</span>}
    </nav>
  );
}
