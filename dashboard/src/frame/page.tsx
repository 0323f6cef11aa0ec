import { Trans, useLingui } from '@lingui/react/macro';
import { Fragment, type ReactNode, useEffect } from 'react';
import { Icon } from '../ui/icons.tsx';
import { Kbd } from '../ui/keys/kbd.tsx';
import classes from './page.module.css';
import { openPalette } from './palette-store.ts';

/**
 * A page: the line at its top with where one is, its title, its state and what can be done, then its content, which scrolls.
 * `name` is the title as plain text, for the window. `isFixed`: the content fills the height and its parts scroll themselves.
 */
export function Page(props: {
  name: string;
  title?: ReactNode;
  crumbs?: readonly ReactNode[];
  chip?: ReactNode;
  actions?: ReactNode;
  isFixed?: boolean;
  children: ReactNode;
}) {
  const { t } = useLingui();
  const { name, title = name, crumbs = [], chip, actions, isFixed = false, children } = props;
  useEffect(() => {
    document.title = `${name} · Throughline`;
  }, [name]);
  return (
    <>
      <header className={classes.top}>
        {crumbs.length > 0 && (
          <nav className={classes.crumbs} aria-label={t`Where you are`}>
            {crumbs.map((crumb, index) => (
              <Fragment key={index}>
                {crumb}
                <span aria-hidden>/</span>
              </Fragment>
            ))}
          </nav>
        )}
        <h1 className={`${classes.title} cut`}>{title}</h1>
        {chip}
        <span className={classes.space} />
        <div className={classes.actions}>{actions}</div>
        <button type="button" className={`plain ${classes.search}`} onClick={openPalette}>
          <Icon name="search" />
          <Trans>Search or jump to…</Trans>
          <Kbd keys="mod+K" />
        </button>
      </header>
      <main id="main" tabIndex={-1} className={`${classes.body} ${isFixed ? classes.fixed : ''}`}>
        {children}
      </main>
    </>
  );
}
