import { Plural, Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ListedJourney } from '../../../../contracts/journeys/journeys-api.schema.ts';
import { journeysQuery } from '../../api/journeys.ts';
import { Chip } from '../../ui/chip.tsx';
import { Count } from '../../ui/numbers.tsx';
import classes from './home.module.css';
import { SectionHead } from './section-head.tsx';

/** Journeys in which people are stuck, or whose runs failed; else how many run without trouble. */
export function TroubledJourneys() {
  const { data } = useInfiniteQuery(journeysQuery({}));
  const journeys = data?.pages.flatMap(({ items }) => items) ?? [];
  const troubled = journeys.filter((journey) => badOf(journey) > 0).toSorted((a, b) => badOf(b) - badOf(a));
  const well = journeys.filter((journey) => journey.status === 'live' && badOf(journey) === 0);
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
          {troubled.map(({ slug, name, failed, people: { inTrouble, live } }) => (
            <li key={slug}>
              <Link to="/journeys/$slug" params={{ slug }} className={`${classes.row} ${classes.trouble}`}>
                <span className="medium cut">{name}</span>
                <span>
                  <Chip tone="failed" icon="warn">
                    {inTrouble > 0 ? <Trans>Stuck</Trans> : <Trans>Failed</Trans>}
                  </Chip>
                </span>
                <span className={`small num ${classes.endText}`}>
                  {inTrouble > 0 && (
                    <Trans>
                      <b>
                        <Count value={inTrouble} />
                      </b>{' '}
                      of <Count value={live} /> people
                    </Trans>
                  )}{' '}
                  {failed > 0 && <Plural value={failed} one="# run failed" other="# runs failed" />}
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

/** How many people it has let down. */
function badOf({ people, failed }: ListedJourney): number {
  return people.inTrouble + failed;
}
