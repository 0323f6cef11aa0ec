import { Trans } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { enrollmentRoutes } from '../../../../contracts/courses/enrollments.routes.ts';
import type { QueryOf } from '../../../../contracts/http/route.ts';
import { enrollmentsQuery } from '../../api/courses.ts';
import { Age, TimeLeft } from '../../ui/time.tsx';
import classes from './courses.module.css';

/** Whose seats are held or offered, and who waits, each list by what happens next. */
export function WaitingLists({ course, run }: { course: string; run: string }) {
  const of = (lifecycle: string) => ({ course, run, lifecycle, open: true, order: 'ending' }) as const;
  return (
    <div className={classes.three}>
      <Names title={<Trans>Held, not paid yet</Trans>} query={of('awaitingPayment')} />
      <Names title={<Trans>Offered</Trans>} query={of('offered')} />
      <Names title={<Trans>Queue, in order</Trans>} query={{ course, run, order: 'place' }} />
    </div>
  );
}

function Names({ title, query }: { title: ReactNode; query: QueryOf<typeof enrollmentRoutes.list> }) {
  const { data } = useInfiniteQuery(enrollmentsQuery(query, 8));
  const learners = data?.pages[0]?.items ?? [];
  if (learners.length === 0) return null;
  return (
    <section>
      <h2 className={`${classes.label} caption`}>{title}</h2>
      <ul>
        {learners.map(({ id, name, contact, seat, position, requestedAt }) => (
          <li key={id} className={`${classes.pair} fresh`}>
            <Link to="/enrollments/$id" params={{ id }} className="medium cut">
              {position !== null && <span className="text3 num">{position} </span>}
              {name ?? contact}
            </Link>
            <span className="text2">
              {seat?.expiresAt ? (
                <TimeLeft until={seat.expiresAt} due="seat" />
              ) : (
                <Trans>
                  for <Age since={requestedAt} />
                </Trans>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
