import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { journeyQuery, journeyStatsQuery, versionQuery } from '../../api/journeys.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { BulkProgress } from '../../entities/run/bulk-progress.tsx';
import { EntriesTab } from '../../features/journeys/entries/entries-tab.tsx';
import { LiveTab } from '../../features/journeys/graph/live-tab.tsx';
import { JourneyActions } from '../../features/journeys/journey-actions.tsx';
import { JourneyState, KeptPeople } from '../../features/journeys/journey-state.tsx';
import { SimulateTab } from '../../features/journeys/simulate/simulate-tab.tsx';
import { DraftTab } from '../../features/journeys/versions/draft-tab.tsx';
import { readDefinition } from '../../features/journeys/versions/read-definition.ts';
import { VersionsTab } from '../../features/journeys/versions/versions-tab.tsx';
import { Page } from '../../frame/page.tsx';
import { LinkTabs } from '../../ui/links/link-tabs.tsx';
import { Empty, Loading } from '../../ui/states.tsx';

/** One journey: where people are, its versions, its draft, what would happen to a person. */
export function JourneyPage() {
  const { t } = useLingui();
  const { slug } = useParams({ from: '/frame/journeys/$slug' });
  const search = useSearch({ from: '/frame/journeys/$slug' });
  const navigate = useNavigate();
  const { data: journey, error, refetch } = useQuery(journeyQuery(slug));
  const stats = useQuery(journeyStatsQuery(slug, undefined)).data;
  const number = Number(search.version ?? journey?.liveVersion ?? 0);
  const version = useQuery({ ...versionQuery(slug, number), enabled: number > 0 });
  const crumbs = [
    <Link key="journeys" to="/journeys">
      <Trans>Journeys</Trans>
    </Link>,
  ];
  if (!journey)
    return (
      <Page name={t`Journey`} crumbs={crumbs}>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  const tab = search.tab ?? (journey.liveVersion === null ? 'draft' : 'live');
  const tabOf = (key: string, label: string) => ({
    key,
    label,
    isOpen: tab === key,
    link: { to: '/journeys/$slug', params: { slug }, search: { tab: key } } as const,
  });
  const versions = stats?.versions ?? [];
  const published = [...new Set([journey.liveVersion ?? 0, number, ...versions.map((each) => each.version)])]
    .filter((each) => each > 0)
    .toSorted((a, b) => b - a);
  const definition = readDefinition(tab === 'simulate' && journey.draft ? journey.draft : version.data?.definition);
  return (
    <Page
      name={journey.name}
      crumbs={crumbs}
      chip={
        <>
          <JourneyState status={journey.status} />
          <KeptPeople count={stats?.kept ?? 0} />
        </>
      }
      actions={<JourneyActions journey={journey} live={stats?.runs.live ?? 0} kept={stats?.kept ?? 0} />}
      isFixed={tab === 'live'}
    >
      <LinkTabs
        label={t`Parts of the journey`}
        tabs={[
          tabOf('live', t`Live`),
          tabOf('entries', t`Entries`),
          tabOf('versions', t`Versions`),
          tabOf('draft', t`Draft`),
          tabOf('simulate', t`Simulate`),
        ]}
        end={
          tab === 'live' &&
          published.length > 1 && (
            <NativeSelect
              size="xs"
              aria-label={t`Version`}
              data={published.map((each) => ({ value: String(each), label: `v${each}` }))}
              value={String(number)}
              onChange={(event) =>
                void navigate({
                  to: '/journeys/$slug',
                  params: { slug },
                  search: { version: event.currentTarget.value },
                })
              }
            />
          )
        }
      />
      {tab === 'entries' && <EntriesTab slug={slug} />}
      {tab !== 'live' && tab !== 'entries' && <BulkProgress journey={slug} />}
      {tab === 'versions' && <VersionsTab journey={journey} />}
      {tab === 'draft' && <DraftTab journey={journey} live={stats?.runs.live ?? 0} />}
      {tab === 'simulate' &&
        (definition ? (
          <SimulateTab slug={slug} definition={definition} />
        ) : (
          <Empty title={<Trans>There is nothing to simulate yet</Trans>}>
            <Trans>The draft is not a valid journey; its problems are listed under Draft.</Trans>
          </Empty>
        ))}
      {tab === 'live' &&
        (definition ? (
          <LiveTab slug={slug} version={search.version ? number : undefined} definition={definition} />
        ) : version.error ? (
          <Failed error={version.error} onRetry={() => void version.refetch()} />
        ) : journey.liveVersion === null ? (
          <Empty title={<Trans>Not published yet</Trans>}>
            <Trans>Look at the draft, simulate it, then publish it.</Trans>
          </Empty>
        ) : (
          <Loading />
        ))}
    </Page>
  );
}
