import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { moreOf } from '../api/http/pages.ts';
import { incidentCountsQuery, type IncidentShow, incidentsQuery } from '../api/incidents.ts';
import { Failed } from '../entities/answer/failed.tsx';
import { IncidentDetail } from '../features/incidents/incident-detail.tsx';
import { IncidentItem } from '../features/incidents/incident-item.tsx';
import classes from '../features/incidents/incidents.module.css';
import { Page } from '../frame/page.tsx';
import { useKeys } from '../ui/keys/keys.tsx';
import { LinkTabs } from '../ui/links/link-tabs.tsx';
import { Empty, Loading } from '../ui/states.tsx';
import { useIsPhone } from '../ui/use-phone.ts';
import { useLateNavigate } from '../ui/use-still-here.ts';
import { VirtualList } from '../ui/virtual/virtual-list.tsx';

/** An incident in the list is about as high, in px. */
const itemHeight = 64;

/** What a person has to look at, who does, and what was done about it. */
export function IncidentsPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/incidents' });
  const show = showOf(search.state);
  const of = show === 'open' ? {} : { state: show };
  const counts = useQuery(incidentCountsQuery).data;
  const list = useInfiniteQuery(incidentsQuery(show));
  const incidents = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  // Where both fit beside each other the first is open from the start; the address pins it, so that news do not change what is read.
  const isPhone = useIsPhone();
  const first = incidents[0]?.id;
  const pin = useLateNavigate();
  useEffect(() => {
    if (isPhone || first === undefined || search.incident !== undefined) return;
    const pinned = { ...(show === 'open' ? {} : { state: show }), incident: first };
    void pin({ to: '/incidents', search: pinned, replace: true, resetScroll: false });
  }, [pin, isPhone, first, search.incident, show]);
  const step = (by: number): void => {
    const index = incidents.findIndex(({ id }) => id === search.incident);
    const next = incidents[Math.min(Math.max(index + by, 0), incidents.length - 1)];
    if (next) void navigate({ to: '/incidents', search: { ...of, incident: next.id }, resetScroll: false });
  };
  useKeys([
    { keys: 'j', label: t`Next incident`, run: () => step(1) },
    { keys: 'k', label: t`Incident before`, run: () => step(-1) },
  ]);
  const tab = (name: IncidentShow, label: string, count?: number) => ({
    key: name,
    label,
    count,
    isOpen: show === name,
    link: { to: '/incidents', search: name === 'open' ? {} : { state: name } } as const,
  });
  return (
    <Page name={t`Incidents`} isFixed>
      <div className={`${classes.panes} ${search.incident ? classes.hasIncident : ''}`}>
        <div className={classes.side}>
          <LinkTabs
            label={t`Which incidents`}
            tabs={[
              tab('open', t`Open`, counts?.open),
              tab('mine', t`Mine`, counts?.mine),
              tab('ignored', t`Ignored`, counts?.ignored),
              tab('resolved', t`Resolved`),
            ]}
          />
          <div className={classes.list} {...(isPhone ? {} : { 'data-scrolls': true })}>
            {list.isPending && <Loading />}
            {list.error && !list.data && <Failed error={list.error} onRetry={() => void list.refetch()} />}
            {list.data && incidents.length === 0 && <NothingHere show={show} />}
            {incidents.length > 0 && (
              <VirtualList
                key={show}
                label={t`Incidents`}
                items={incidents}
                keyOf={({ id }) => id}
                height={itemHeight}
                more={moreOf(list)}
                shown={search.incident}
              >
                {(incident) => (
                  <IncidentItem incident={incident} show={show} isOpen={incident.id === search.incident} />
                )}
              </VirtualList>
            )}
            {list.isFetchNextPageError && <Failed error={list.error} onRetry={() => void list.fetchNextPage()} />}
          </div>
        </div>
        <div className={classes.pane}>
          {search.incident && <IncidentDetail key={search.incident} id={search.incident} show={show} />}
        </div>
      </div>
    </Page>
  );
}

function NothingHere({ show }: { show: IncidentShow }) {
  const titles = {
    open: <Trans>Nothing is broken</Trans>,
    mine: <Trans>Nothing that you look after</Trans>,
    ignored: <Trans>Nothing is ignored</Trans>,
    resolved: <Trans>Nothing was resolved yet</Trans>,
  };
  return (
    <Empty title={titles[show]}>
      {show === 'ignored' ? (
        <Trans>What is known and can wait is ignored for a while; it comes back by itself.</Trans>
      ) : (
        <Trans>
          An incident is opened when something needs a person: a service that refuses a key or cannot be reached, a mail
          that did not reach a learner, a run that went silent.
        </Trans>
      )}
    </Empty>
  );
}

function showOf(state: string | undefined): IncidentShow {
  return state === 'mine' || state === 'ignored' || state === 'resolved' ? state : 'open';
}
