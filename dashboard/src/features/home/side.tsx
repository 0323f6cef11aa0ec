import { Plural, Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy } from 'react';
import type { Overview } from '../../../../contracts/operations/overview-api.schema.ts';
import { fetchCode } from '../../api/http/code.ts';
import { openIncidentsQuery } from '../../api/incidents.ts';
import { IncidentAdvice } from '../../entities/incident/incident-advice.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Late } from '../../ui/late.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Age, Time } from '../../ui/time.tsx';
import classes from './home.module.css';

const HoursChart = lazy(async () => ({ default: (await fetchCode(() => import('./hours-chart.tsx'))).HoursChart }));

/** So many incidents are shown; the page of incidents has all. */
const shown = 5;

/** What broke, how the last day went, what happens by itself soon. */
export function HomeSide({ overview }: { overview: Overview }) {
  const { hours, upcoming, openIncidents, live } = overview;
  return (
    <div className={classes.side}>
      <Broken count={openIncidents} stuck={live.inTrouble} failed={sum(hours, 'failed')} />
      <LastDay hours={hours} />
      {upcoming.length > 0 && (
        <section className={classes.section} aria-labelledby="later">
          <h2 id="later">
            <Trans>Within a day</Trans>
          </h2>
          <dl className={classes.next}>
            {upcoming.map(({ at, kind, title, contactName, runId }) => (
              <div key={`${runId} ${at}`}>
                <dt>
                  <Time at={at} />
                </dt>
                <dd>
                  <Link to="/runs/$id" params={{ id: runId }}>
                    {contactName === null ? title : `${title} · ${contactName}`}
                  </Link>{' '}
                  <span className="text3">
                    {kind === 'gate' ? (
                      <Trans>closes by itself</Trans>
                    ) : kind === 'offer' ? (
                      <Trans>offer ends</Trans>
                    ) : (
                      <Trans>hold ends</Trans>
                    )}
                  </span>
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  );
}

function Broken({ count, stuck, failed }: { count: number; stuck: number; failed: number }) {
  const { data } = useInfiniteQuery(openIncidentsQuery);
  const incidents = (data?.pages[0]?.items ?? []).slice(0, shown);
  return (
    <section className={classes.section} aria-labelledby="broken">
      <header>
        <h2 id="broken">
          <Trans>What broke</Trans>
        </h2>
        {count > 0 && (
          <Link to="/incidents" className="link">
            <Plural value={count} one="# incident" other="# incidents" />
          </Link>
        )}
      </header>
      {(stuck > 0 || failed > 0) && (
        <ul className={classes.broken}>
          {stuck > 0 && (
            <li>
              <Icon name="warn" size={14} color="var(--red)" />
              <Link to="/runs" search={{ state: 'trouble' }} className="link">
                <Plural value={stuck} one="# run is stuck" other="# runs are stuck" />
              </Link>
            </li>
          )}
          {failed > 0 && (
            <li>
              <Icon name="cross" size={14} color="var(--red)" />
              <Link to="/runs" search={{ status: 'failed', since: '1' }} className="link">
                <Plural value={failed} one="# run failed in the last day" other="# runs failed in the last day" />
              </Link>
            </li>
          )}
        </ul>
      )}
      {incidents.length === 0 && stuck === 0 && failed === 0 && (
        <p className={`small text2 ${classes.nothing}`}>
          <Trans>Nothing that a person has to look at.</Trans>
        </p>
      )}
      {incidents.map((incident) => (
        <div key={incident.id} className={`${classes.incident} fresh`}>
          <Icon name="warn" size={14} color="var(--red)" />
          <span className="medium">{incident.message}</span>
          <Age since={incident.openedAt} />
          <span />
          <span className="text2">
            <IncidentAdvice incident={incident} />
          </span>
        </div>
      ))}
    </section>
  );
}

function LastDay({ hours }: { hours: Overview['hours'] }) {
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

function sum(hours: Overview['hours'], name: 'started' | 'finished' | 'failed'): number {
  return hours.reduce((all, hour) => all + hour[name], 0);
}
