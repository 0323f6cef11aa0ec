import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { journeysQuery } from '../../api/journeys.ts';
import { runCountsQuery } from '../../api/runs.ts';
import { List } from '../../entities/answer/list.tsx';
import { useJourneyColumns } from '../../features/journeys/columns.tsx';
import classes from '../../features/journeys/journeys.module.css';
import { peopleOf, usePeopleParts } from '../../features/journeys/people-parts.tsx';
import { UnknownEvents } from '../../features/journeys/unknown-events.tsx';
import { Page } from '../../frame/page.tsx';
import { BarLegend, SegmentedBar } from '../../ui/bar.tsx';
import { ChoiceChips, FilterLine, FilterText } from '../../ui/filters.tsx';
import { Count } from '../../ui/numbers.tsx';
import { Empty } from '../../ui/states.tsx';

const statuses = ['all', 'live', 'paused', 'stopped', 'draft'] as const;

/** Is it healthy, where are people, who is stuck. */
export function JourneysPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { status, q } = useSearch({ from: '/frame/journeys' });
  const columns = useJourneyColumns();
  const live = useQuery(runCountsQuery({ kind: 'journey', state: 'live' })).data;
  const waiting = useQuery(runCountsQuery({ kind: 'journey', status: 'waiting' })).data;
  const people = peopleOf(live, waiting);
  const parts = usePeopleParts(people);
  const labels = { all: t`All`, live: t`Live`, paused: t`Paused`, stopped: t`Stopped`, draft: t`Draft` };
  const go = (change: { status?: string | undefined; q?: string | undefined }): void => {
    const next = { status, q, ...change };
    void navigate({
      to: '/journeys',
      search: { ...(next.status ? { status: next.status } : {}), ...(next.q ? { q: next.q } : {}) },
      replace: true,
    });
  };
  return (
    <Page
      name={t`Journeys`}
      actions={
        <Button component={Link} to="/templates">
          <Trans>Message templates</Trans>
        </Button>
      }
    >
      {people.live > 0 && (
        <div className={classes.flight}>
          <div>
            <div className="caption">
              <Trans>People in flight</Trans>
            </div>
            <div className="figure num">
              <Count value={people.live} />
            </div>
          </div>
          <div>
            <SegmentedBar parts={parts} />
            <BarLegend parts={parts} />
          </div>
        </div>
      )}
      <FilterLine
        end={<FilterText label={t`Name of a journey`} value={q ?? ''} onChange={(value) => go({ q: value })} />}
      >
        <ChoiceChips
          label={t`Status`}
          choices={statuses.map((value) => ({ value, label: labels[value] }))}
          value={statuses.find((value) => value === status) ?? 'all'}
          onChange={(value) => go({ status: value === 'all' ? undefined : value })}
        />
      </FilterLine>
      <List
        label={t`Journeys`}
        query={journeysQuery({ status, q })}
        keyOf={({ id }) => id}
        columns={columns}
        empty={
          status || q ? (
            <Empty
              title={<Trans>No journey fits these filters</Trans>}
              actions={
                <Link to="/journeys" search={{}} className="link">
                  <Trans>Show all journeys</Trans>
                </Link>
              }
            />
          ) : (
            <Empty
              title={<Trans>No journeys yet</Trans>}
              actions={<code className="mono">npm run throughline -- push examples/journeys</code>}
            >
              <Trans>
                A journey is written in code and pushed; then people enter it by what they do. The examples are a start:
              </Trans>
            </Empty>
          )
        }
      />
      <UnknownEvents />
    </Page>
  );
}
