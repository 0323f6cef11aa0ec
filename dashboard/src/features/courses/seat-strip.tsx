import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { CourseRun } from '../../../../contracts/courses/courses-api.schema.ts';
import { BarLegend, type Part, SegmentedBar } from '../../ui/bar.tsx';
import classes from './courses.module.css';

/** Up to this many seats, and people in the queue, are drawn one by one; more are a bar and a number. */
const [mostSeats, mostQueued] = [80, 12];

/** The seats of a course run: taken, about to be freed, held, offered, free, and who waits behind them. */
export function SeatStrip({ seats, counts }: Pick<CourseRun, 'seats' | 'counts'>) {
  const { t } = useLingui();
  const { capacity, confirmed, free, waiting } = seats;
  const leaving = Math.min(counts.byLifecycle['withdrawing'] ?? 0, confirmed);
  const offered = Math.min(counts.byLifecycle['offered'] ?? 0, seats.held);
  const parts: (Part & { seat: string })[] = [
    { key: 'confirmed', seat: 'confirmed', tone: 'done', count: confirmed - leaving, label: t`confirmed` },
    { key: 'leaving', seat: 'leaving', tone: 'done', count: leaving, label: t`withdrawing`, icon: 'undo' },
    { key: 'held', seat: 'held', tone: 'waiting', count: seats.held - offered, label: t`held` },
    { key: 'offered', seat: 'offer', tone: 'person', count: offered, label: t`offered` },
    { key: 'free', seat: 'free', tone: 'rest', count: Math.max(0, free), label: t`free` },
  ];
  const queue: Part = { key: 'queue', tone: 'off', count: waiting, label: t`in the queue`, icon: 'runs' };
  return (
    <div>
      <p className="figure num">
        <Trans>
          {confirmed} of {capacity} seats confirmed
        </Trans>{' '}
        <span className={classes.note}>
          {free > 0 ? (
            <Plural value={free} one="# seat is free." other="# seats are free." />
          ) : (
            waiting > 0 && <Trans>None is free: a freed seat goes to the queue first.</Trans>
          )}
        </span>
      </p>
      {capacity <= mostSeats ? (
        <div className={classes.seats} aria-hidden>
          {parts.flatMap(({ key, seat, count }) =>
            Array.from({ length: count }, (_, index) => <i key={`${key} ${index}`} data-kind={seat} />),
          )}
          {waiting > 0 && <b />}
          {Array.from({ length: Math.min(waiting, mostQueued) }, (_, index) => (
            <i key={`queue ${index}`} data-kind="queue">
              {index + 1}
            </i>
          ))}
        </div>
      ) : (
        <div className={classes.seatBar}>
          <SegmentedBar parts={parts} />
        </div>
      )}
      <BarLegend parts={[...parts, queue]} />
    </div>
  );
}
