import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { RunCountQuery } from '../../../../contracts/runs/runs-api.schema.ts';
import { runCountsQuery, runsQuery } from '../../api/runs.ts';
import { runViewsQuery, useCan } from '../../api/session.ts';
import { List } from '../../entities/answer/list.tsx';
import { BulkProgress } from '../../entities/run/bulk-progress.tsx';
import { BulkBar, BulkDialog } from '../../features/runs/bulk-bar.tsx';
import { useRunColumns } from '../../features/runs/columns.tsx';
import { RunFilters } from '../../features/runs/run-filters.tsx';
import { isSameView, ViewActions } from '../../features/runs/saved-views.tsx';
import { Page } from '../../frame/page.tsx';
import { FilterLine } from '../../ui/filters.tsx';
import { LinkTabs } from '../../ui/links/link-tabs.tsx';
import { Empty } from '../../ui/states.tsx';

const dayMs = 86_400_000;

/** Anything anywhere, filtered in seconds. */
export function RunsPage() {
  const { t } = useLingui();
  const search = useSearch({ from: '/frame/runs' });
  const { since, sort, ...narrow } = search;
  // Rounded to the hour, so that the same list keeps its key.
  const startedAfter = useMemo(
    () => since && new Date(Math.floor((Date.now() - Number(since) * dayMs) / 3_600_000) * 3_600_000).toISOString(),
    [since],
  );
  const filter = { ...narrow, startedAfter };
  const query = runsQuery({ ...filter, sort });
  const counts = useQuery(runCountsQuery(filter)).data;
  const all = useQuery(runCountsQuery({})).data;
  const list = useInfiniteQuery(query);
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const [isRetrying, setRetrying] = useState(false);
  const [chosen, setChosen] = useState<Record<string, true>>({});
  const mayOperate = useCan('runs:operate');
  const columns = useRunColumns(search.status === 'failed');
  const isNarrowed = Object.keys(search).length > 0;
  const { state, status } = search;
  const live =
    all &&
    all.total -
      ['completed', 'exited', 'failed', 'cancelled', 'terminated'].reduce(
        (sum, name) => sum + (all.byStatus[name] ?? 0),
        0,
      );
  const tabs = [
    {
      key: 'trouble',
      label: t`Needs attention`,
      count: all?.trouble,
      isOpen: state === 'trouble',
      search: { state: 'trouble' },
    },
    { key: 'live', label: t`Live`, count: live, isOpen: state === 'live', search: { state: 'live' } },
    {
      key: 'failed',
      label: t`Failed`,
      count: all?.byStatus['failed'] ?? 0,
      isOpen: !state && status === 'failed',
      search: { status: 'failed' },
    },
    { key: 'all', label: t`All`, count: all?.total, isOpen: !state && status !== 'failed', search: {} },
  ];
  const views = useQuery(runViewsQuery).data?.items ?? [];
  const view = views.find((one) => isSameView(one.query, search));
  return (
    <Page
      name={t`Runs`}
      actions={
        mayOperate &&
        status === 'failed' &&
        rows.length > 0 && (
          <Button onClick={() => setRetrying(true)}>
            <Trans>Retry all of them…</Trans>
          </Button>
        )
      }
    >
      <LinkTabs
        label={t`Which runs`}
        tabs={[
          ...tabs.map(({ search: to, isOpen, ...tab }) => ({
            ...tab,
            isOpen: isOpen && !view,
            link: { to: '/runs', search: to } as const,
          })),
          ...views.map(({ id, name, query: to }) => ({
            key: id,
            label: name,
            isOpen: id === view?.id,
            link: { to: '/runs', search: to } as const,
          })),
        ]}
        end={<ViewActions search={search} view={view} />}
      />
      <FilterLine
        end={
          counts && (
            <span className="num">
              <Plural value={counts.total} one="# run" other="# runs" />
            </span>
          )
        }
      >
        <RunFilters />
      </FilterLine>
      <BulkProgress />
      {isRetrying && (
        <BulkDialog
          kind="retry"
          runs={{ filter: RunCountQuery.parse(filter) }}
          count={counts?.total ?? 0}
          onClose={() => setRetrying(false)}
        />
      )}
      <List
        label={t`Runs`}
        query={query}
        keyOf={({ id }) => id}
        columns={columns}
        total={counts?.total}
        {...(mayOperate ? { selection: { chosen, onChange: setChosen } } : {})}
        empty={<NoRuns isNarrowed={isNarrowed} isTrouble={state === 'trouble'} />}
      />
      <BulkBar
        chosen={rows.filter(({ id }) => chosen[id])}
        onChosen={(ids) => setChosen(Object.fromEntries(ids.map((id) => [id, true as const])))}
      />
    </Page>
  );
}

function NoRuns({ isNarrowed, isTrouble }: { isNarrowed: boolean; isTrouble: boolean }) {
  if (!isNarrowed)
    return (
      <Empty title={<Trans>No runs yet</Trans>}>
        <Trans>
          A run begins when a person enters a journey or asks for a place on a course, or when a batch is started.
        </Trans>
      </Empty>
    );
  return (
    <Empty
      title={isTrouble ? <Trans>Nothing needs attention</Trans> : <Trans>No run fits these filters</Trans>}
      actions={
        <Link to="/runs" search={{}} className="link">
          <Trans>Show all runs</Trans>
        </Link>
      }
    >
      {isTrouble ? (
        <Trans>No live run has an incident, an effect with an unknown outcome, or one that keeps failing.</Trans>
      ) : (
        <Trans>The filters above hide everything.</Trans>
      )}
    </Empty>
  );
}
