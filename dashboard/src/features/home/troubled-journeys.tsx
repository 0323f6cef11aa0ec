import { Plural, Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { journeysQuery } from '../../api/journeys.ts';
import { Chip } from '../../ui/chip.tsx';
import { Count } from '../../ui/numbers.tsx';
import classes from './home.module.css';
import { SectionHead } from './section-head.tsx';

/** Journeys in which people are stuck; else how many run without trouble. */
export function TroubledJourneys() {
  const { data } = useInfiniteQuery(journeysQuery({}));
  const journeys = data?.pages.flatMap(({ items }) => items) ?? [];
  const troubled = journeys
    .filter(({ people }) => people.inTrouble > 0)
    .toSorted((a, b) => b.people.inTrouble - a.people.inTrouble);
  const well = journeys.filter(({ status, people }) => status === 'live' && people.inTrouble === 0);
  const people = well.reduce((sum, journey) => sum + journey.people.live, 0);
  if (journeys.length === 0) return null;
  return (
    <section aria-labelledby="journeys">
      <SectionHead
        id="journeys"
        title={troubled.length > 0 ? <Trans>Journeys with trouble</Trans> : <Trans>Journeys</Trans>}
        all={
          <Link to="/journeys" className="link">
            <Trans>All journeys</Trans>
          </Link>
        }
      />
      {troubled.length > 0 && (
        <ul className={classes.rows}>
          {troubled.map(({ slug, name, people: { inTrouble, live } }) => (
            <li key={slug}>
              <Link to="/journeys/$slug" params={{ slug }} className={`${classes.row} ${classes.trouble}`}>
                <span className="medium cut">{name}</span>
                <span>
                  <Chip tone="failed" icon="warn">
                    <Trans>Stuck</Trans>
                  </Chip>
                </span>
                <span className={`small num ${classes.endText}`}>
                  <Trans>
                    <b>
                      <Count value={inTrouble} />
                    </b>{' '}
                    of <Count value={live} /> people
                  </Trans>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {well.length > 0 && (
        <p className={`${classes.quiet} small`}>
          <Plural value={well.length} one="# journey runs without trouble" other="# journeys run without trouble" />
          {', '}
          <Plural value={people} one="# person in it" other="# people in them" />
        </p>
      )}
    </section>
  );
}
