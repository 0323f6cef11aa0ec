import { Trans, useLingui } from '@lingui/react/macro';
import type { CourseRun } from '../../../../contracts/api/courses.schema.ts';
import { BarLegend, type Part, SegmentedBar } from '../../ui/bar.tsx';
import classes from './courses.module.css';

/** Up to so many seats are drawn one by one; more are a bar. */
const mostDrawn = 80;

/** The seats of a course run: taken, held or offered, free, and how many wait. */
export function SeatStrip({ seats }: Pick<CourseRun, 'seats'>) {
  const { t } = useLingui();
  const { capacity, confirmed, held, free, waiting } = seats;
  const parts: Part[] = [
    { key: 'confirmed', tone: 'done', count: confirmed, label: t`confirmed` },
    { key: 'held', tone: 'waiting', count: held, label: t`held or offered` },
    { key: 'free', tone: 'rest', count: Math.max(0, free), label: t`free` },
    { key: 'queue', tone: 'off', count: waiting, label: t`in the queue`, icon: 'runs' },
  ];
  return (
    <div>
      <p className={`${classes.big} num`}>
        <Trans>
          {confirmed} of {capacity} seats confirmed
        </Trans>
      </p>
      {capacity <= mostDrawn ? (
        <div className={classes.seats} aria-hidden>
          {Array.from({ length: capacity }, (_, index) => (
            <i key={index} data-kind={index < confirmed ? 'confirmed' : index < confirmed + held ? 'held' : 'free'} />
          ))}
        </div>
      ) : (
        <div style={{ margin: '12px 0 6px' }}>
          <SegmentedBar parts={parts.slice(0, 3)} />
        </div>
      )}
      <BarLegend parts={parts} />
    </div>
  );
}
