import { Plural, Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { openIncidentsQuery } from '../../api/incidents.ts';
import { IncidentAdvice } from '../../entities/incident/incident-advice.tsx';
import { IncidentOwner } from '../../entities/incident/incident-owner.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Age } from '../../ui/time.tsx';
import classes from './home.module.css';

/** So many incidents are shown; the page of incidents has all. */
const shown = 5;

/** What broke: runs that are stuck or have failed, and the open incidents. */
export function Broken({ count, stuck, failed }: { count: number; stuck: number; failed: number }) {
  const { data } = useInfiniteQuery(openIncidentsQuery);
  const incidents = (data?.pages[0]?.items ?? []).slice(0, shown);
  return (
    <section className={classes.section} aria-labelledby="broken" data-broken={count > 0 || stuck > 0 || failed > 0}>
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
          <Link to="/incidents" search={{ incident: incident.id }} className="medium">
            {incident.message}
          </Link>
          <Age since={incident.openedAt} />
          <span />
          <span className="text2">
            <IncidentAdvice incident={incident} />
            <span className="block text3">
              <IncidentOwner incident={incident} />
            </span>
          </span>
        </div>
      ))}
    </section>
  );
}
