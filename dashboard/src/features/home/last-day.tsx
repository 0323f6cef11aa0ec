import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { lazy } from 'react';
import type { Overview } from '../../../../contracts/operations/overview-api.schema.ts';
import { fetchCode } from '../../api/http/code.ts';
import { Late } from '../../ui/late.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './home.module.css';

const HoursChart = lazy(async () => ({ default: (await fetchCode(() => import('./hours-chart.tsx'))).HoursChart }));

/** The runs of the last day, in numbers and hour by hour. */
export function LastDay({ hours }: { hours: Overview['hours'] }) {
  const [first] = hours;
  return (
    <section className={classes.section} aria-labelledby="day">
      <header>
        <h2 id="day">
          <Trans>Runs, last 24 hours</Trans>
        </h2>
        <Link to="/runs" search={{ since: '1' }} className="link">
          <Trans>Open runs</Trans>
        </Link>
      </header>
      <div className={`${classes.numbers} num`}>
        <Link to="/runs" search={{ since: '1' }}>
          <b>
            <Count value={sum(hours, 'started')} />
          </b>
          <span>
            <i data-kind="started" />
            <Trans>Started</Trans>
          </span>
        </Link>
        <Link to="/runs" search={{ state: 'ended' }}>
          <b>
            <Count value={sum(hours, 'finished')} />
          </b>
          <span>
            <i data-kind="finished" />
            <Trans>Finished</Trans>
          </span>
        </Link>
        <Link to="/runs" search={{ status: 'failed' }}>
          <b>
            <Count value={sum(hours, 'failed')} />
          </b>
          <span>
            <i data-kind="failed" />
            <Trans>Failed (own scale)</Trans>
          </span>
        </Link>
      </div>
      <Late instead={<div className={classes.chart} />}>
        <HoursChart hours={hours} />
      </Late>
      {first && (
        <div className={`${classes.axis} num`}>
          <Time at={first.at} />
          <span>
            <Trans>now</Trans>
          </span>
        </div>
      )}
    </section>
  );
}

/** How many runs the hours have in all. */
export function sum(hours: Overview['hours'], name: 'started' | 'finished' | 'failed'): number {
  return hours.reduce((all, hour) => all + hour[name], 0);
}
