import { Trans, useLingui } from '@lingui/react/macro';
import { Link, useSearch } from '@tanstack/react-router';
import type { Incident } from '../../../contracts/operations/incidents-api.schema.ts';
import { incidentsQuery } from '../api/incidents.ts';
import { useCan } from '../api/session.ts';
import { List } from '../entities/answer/list.tsx';
import { IncidentAdvice } from '../entities/incident/incident-advice.tsx';
import { ResolveIncident } from '../features/incidents/resolve.tsx';
import { Page } from '../frame/page.tsx';
import type { Column } from '../ui/table/column.ts';
import { LinkTabs } from '../ui/links/link-tabs.tsx';
import { Empty } from '../ui/states.tsx';
import { Age, Time } from '../ui/time.tsx';

/** What a person has to look at, and what was done about it. */
export function IncidentsPage() {
  const { t } = useLingui();
  const { state } = useSearch({ from: '/frame/incidents' });
  const mayResolve = useCan('runs:operate');
  const shown = state === 'resolved' ? 'resolved' : 'open';
  const resolved: Column<Incident> = {
    id: 'done',
    header: t`Resolved`,
    width: '110px',
    cell: ({ resolvedAt }) => (resolvedAt ? <Time at={resolvedAt} /> : null),
  };
  return (
    <Page name={t`Incidents`}>
      <LinkTabs
        label={t`Which incidents`}
        tabs={[
          { key: 'open', label: t`Open`, isOpen: shown === 'open', link: { to: '/incidents', search: {} } },
          {
            key: 'resolved',
            label: t`Resolved`,
            isOpen: shown === 'resolved',
            link: { to: '/incidents', search: { state: 'resolved' } },
          },
        ]}
      />
      <List
        label={t`Incidents`}
        query={incidentsQuery(shown)}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'message',
            header: t`What`,
            width: 'minmax(0, 1fr)',
            cell: ({ message, runId }) =>
              runId ? (
                <Link to="/runs/$id" params={{ id: runId }} className="medium wrap">
                  {message}
                </Link>
              ) : (
                <span className="medium wrap">{message}</span>
              ),
          },
          {
            id: 'advice',
            header: t`What to do`,
            width: 'minmax(220px, 0.8fr)',
            cell: (incident) => (incident.state === 'open' ? <IncidentAdvice incident={incident} /> : null),
          },
          { id: 'since', header: t`Since`, width: '100px', cell: ({ openedAt }) => <Age since={openedAt} /> },
          ...(shown === 'resolved' ? [resolved] : []),
          {
            id: 'act',
            header: <span className="hidden">{t`What can be done`}</span>,
            width: '100px',
            align: 'end',
            cell: (incident) =>
              mayResolve && incident.state === 'open' ? <ResolveIncident incident={incident} /> : null,
          },
        ]}
        empty={
          <Empty title={shown === 'open' ? <Trans>Nothing is broken</Trans> : <Trans>Nothing was resolved yet</Trans>}>
            <Trans>
              An incident is opened when something needs a person: a service that refuses a key or cannot be reached, a
              mail that did not reach a learner, a run that went silent.
            </Trans>
          </Empty>
        }
      />
    </Page>
  );
}
