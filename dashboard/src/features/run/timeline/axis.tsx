import { Trans, useLingui } from '@lingui/react/macro';
import classes from '../run.module.css';
import { labelShift, type Scale } from './scale.ts';

/** The time of all lines: when it began, the present, the next instant at which something is due, and what finds room between. */
export function Axis(props: { ticks: readonly number[]; now: number | null; due: number | null; scale: Scale }) {
  const { ticks, now, due, scale } = props;
  return (
    <div className={classes.axis}>
      <div className={classes.ticks}>
        {ticks.map((at) => (
          <span key={at} style={placeOf(scale(at))} data-due={at === due || undefined}>
            {at === now ? (
              <b>
                <Trans>now</Trans>
              </b>
            ) : (
              <Instant at={at} />
            )}
          </span>
        ))}
      </div>
      <span className={classes.took}>
        <Trans>Took</Trans>
      </span>
    </div>
  );
}

function Instant({ at }: { at: number }) {
  const { i18n } = useLingui();
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()}>
      <b>{i18n.date(date, { weekday: 'short', day: 'numeric', month: 'short' })}</b>
      <br />
      {i18n.date(date, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}
    </time>
  );
}

function placeOf(share: number): { insetInlineStart: string; transform: string } {
  return { insetInlineStart: `${share * 100}%`, transform: `translateX(${labelShift(share) * 100}%)` };
}
