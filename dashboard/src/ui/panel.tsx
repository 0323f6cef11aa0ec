import { type ReactNode, useId } from 'react';
import classes from './panel.module.css';

/** A bordered part of a page with a title and, at its end, what can be done with it. */
export function Panel(props: {
  title?: ReactNode;
  note?: ReactNode;
  end?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = useId();
  const { title, note, end, children, className = '' } = props;
  return (
    <section
      className={`${classes.panel} ${className}`}
      aria-labelledby={title === undefined ? undefined : `${id} ${id}-note`}
    >
      {title !== undefined && (
        <header className={classes.head}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {note !== undefined && (
            <span id={`${id}-note`} className="small text2">
              {note}
            </span>
          )}
          {end !== undefined && <span className={classes.end}>{end}</span>}
        </header>
      )}
      {children}
    </section>
  );
}

/** What a panel holds that brings no distance from its border of its own. */
export function PanelBody({ children }: { children: ReactNode }) {
  return <div className={classes.body}>{children}</div>;
}

/** Names and values side by side; a value that is null or undefined leaves its name out. */
export function Facts({ facts }: { facts: readonly { name: ReactNode; value: ReactNode; key: string }[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(({ value }) => value !== null && value !== undefined)
        .map(({ key, name, value }) => (
          <div key={key}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
