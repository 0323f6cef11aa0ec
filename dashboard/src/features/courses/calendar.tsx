import { Plural, Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { TimeIn, useNow } from '../../ui/time.tsx';
import classes from './courses.module.css';

const day = 86_400_000;

/**
 * When a course run starts and ends by the clock of its zone, and where today is; the line is drawn to scale as far as
 * its labels leave room.
 */
export function Calendar({ startsAt, endsAt, zone }: { startsAt: string; endsAt: string | undefined; zone: string }) {
  const now = useNow(60_000);
  const start = Date.parse(startsAt);
  const end = endsAt === undefined ? start : Date.parse(endsAt);
  if (now > end) return null;
  const [from, to] = [Math.min(now, start), end];
  const inner = now < start ? start : now;
  const share = to === from ? 1 : (inner - from) / (to - from);
  const today = (
    <span className={classes.today}>
      <Trans>Today</Trans>
    </span>
  );
  const starts = (
    <Labelled name={<Trans>Starts</Trans>}>
      <TimeIn at={startsAt} zone={zone} />
      {now < start && (
        <span className="block">
          <Plural value={Math.ceil((start - now) / day)} one="in # day" other="in # days" />
        </span>
      )}
    </Labelled>
  );
  const isLast = endsAt === undefined;
  return (
    <ol
      className={classes.calendar}
      style={{ gridTemplateColumns: isLast ? '1fr auto' : `${columnOf(share)} ${columnOf(1 - share)} auto` }}
    >
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

/** A part of the line, as long as its share and never shorter than its label. */
function columnOf(share: number): string {
  return `minmax(max-content, ${Math.max(share, 0.01)}fr)`;
}

function Labelled({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <span className="medium">{name}</span>
      <span className="text2 block">{children}</span>
    </>
  );
}
