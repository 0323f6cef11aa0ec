import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../../../../contracts/operations/overview-api.schema.ts';
import { Time } from '../../ui/time.tsx';
import { Broken } from './broken.tsx';
import classes from './home.module.css';
import { LastDay, sum } from './last-day.tsx';

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
