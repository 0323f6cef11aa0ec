import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { fetchCode } from '../api/http/code.ts';
import { overviewQuery } from '../api/overview.ts';
import { runCountsQuery } from '../api/runs.ts';
import { Failed } from '../entities/answer/failed.tsx';
import { Decisions } from '../features/home/decisions.tsx';
import { FirstRun } from '../features/home/first-run.tsx';
import classes from '../features/home/home.module.css';
import { LiveBatches } from '../features/home/live-batches.tsx';
import { HomeSide } from '../features/home/side.tsx';
import { Workers } from '../features/home/workers.tsx';
import { Page } from '../frame/page.tsx';
import { Late } from '../ui/late.tsx';
import { Loading } from '../ui/states.tsx';

/** Below the rest, and the one that asks for journeys: the first look does without. */
const TroubledJourneys = lazy(async () => ({
  default: (await fetchCode(() => import('../features/home/troubled-journeys.tsx'))).TroubledJourneys,
}));

/** What needs me, what is running, what broke. */
export function HomePage() {
  const { t } = useLingui();
  const { data: overview, error, refetch } = useQuery(overviewQuery);
  const all = useQuery(runCountsQuery({})).data;
  return (
    <Page name={t`Home`}>
      <div className={classes.home}>
        {!overview && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />)}
        {overview && all?.total === 0 && <FirstRun />}
        {overview && all?.total !== 0 && (
          <div className={classes.split}>
            <div>
              <Decisions gates={overview.gates} />
              <LiveBatches />
              <Late>
                <TroubledJourneys />
              </Late>
            </div>
            <HomeSide overview={overview} />
          </div>
        )}
        {overview && <Workers />}
      </div>
    </Page>
  );
}
