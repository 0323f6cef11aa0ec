import type { ReactNode } from 'react';
import classes from './home.module.css';

/** The line above a part of Home: what it is, how much, and where all of it is. */
export function SectionHead(props: {
  id: string;
  title: ReactNode;
  note?: ReactNode;
  all: ReactNode;
  isBig?: boolean;
}) {
  const { id, title, note, all, isBig = false } = props;
  return (
    <div className={classes.head}>
      <h2 id={id} className={isBig ? classes.big : ''}>
        {title}
      </h2>
      {note && <span className="small text2">{note}</span>}
      <span className={`${classes.end} small`}>{all}</span>
    </div>
  );
}
