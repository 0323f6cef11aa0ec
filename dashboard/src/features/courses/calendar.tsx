import { Plural, Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { TimeIn, useNow } from '../../ui/time.tsx';
import classes from './courses.module.css';

/** The part of the line that a label needs for itself, in percent. */
const least = 26;
const day = 86_400_000;

/** When a course run starts and ends by the clock of its zone, and where today is; the line is drawn to scale. */
export function Calendar({ startsAt, endsAt, zone }: { startsAt: string; endsAt: string | undefined; zone: string }) {
  const now = useNow(60_000);
  const start = Date.parse(startsAt);
  const end = endsAt === undefined ? start : Date.parse(endsAt);
  if (now > end) return null;
  const [from, to] = [Math.min(now, start), end];
  const inner = now < start ? start : now;
  const at = to === from ? 100 : Math.min(100 - least, Math.max(least, ((inner - from) / (to - from)) * 100));
  const today = (
    <span className={classes.today}>
      <Trans>Today</Trans>
    </span>
  );
  const starts = (
    <Labelled name={<Trans>Starts</Trans>}>
      <TimeIn at={startsAt} zone={zone} />
      {now < start && (
        <>
          , <Plural value={Math.ceil((start - now) / day)} one="in # day" other="in # days" />
        </>
      )}
    </Labelled>
  );
  const isLast = endsAt === undefined;
  return (
    <ol className={classes.calendar} style={{ gridTemplateColumns: isLast ? '1fr auto' : `${at}% 1fr auto` }}>
      <li data-kind={now < start ? 'today' : 'past'}>{now < start ? today : starts}</li>
      <li data-kind={now < start ? 'learning' : 'today'}>{now < start ? starts : today}</li>
      {endsAt !== undefined && (
        <li>
          <Labelled name={<Trans>Ends</Trans>}>
            <TimeIn at={endsAt} zone={zone} />
          </Labelled>
        </li>
      )}
    </ol>
  );
}

function Labelled({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <span className="medium">{name}</span> <span className="text2">{children}</span>
    </>
  );
}
