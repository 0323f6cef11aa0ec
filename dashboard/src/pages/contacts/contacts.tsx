import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { contactsQuery } from '../../api/contacts.ts';
import { useCan } from '../../api/session.ts';
import { List } from '../../entities/answer/list.tsx';
import { PersonDialog } from '../../features/contacts/edit/person-dialog.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Page } from '../../frame/page.tsx';
import { FilterLine, FilterText } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

/** The people that journeys, courses and batches are about. */
export function ContactsPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { q } = useSearch({ from: '/frame/contacts' });
  const mayWrite = useCan('contacts:write');
  const [isAdding, setAdding] = useState(false);
  const add = (): void => setAdding(true);
  useOfferActions(mayWrite ? [{ id: 'new', label: t`New person`, icon: 'plus', run: add }] : []);
  const newPerson = mayWrite && (
    <Button variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={add}>
      <Trans>New person</Trans>
    </Button>
  );
  return (
    <Page name={t`People`} actions={newPerson}>
      <FilterLine>
        <FilterText
          label={t`Part of a name, an address or an id`}
          value={q ?? ''}
          onChange={(value) => void navigate({ to: '/contacts', search: value ? { q: value } : {}, replace: true })}
        />
      </FilterLine>
      <List
        label={t`People`}
        query={contactsQuery(q)}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'name',
            header: t`Name`,
            width: 'minmax(160px, 1.4fr)',
            cell: ({ externalId, name }) => (
              <Link to="/contacts/$externalId" params={{ externalId }} className="medium">
                {name ?? externalId}
              </Link>
            ),
          },
          {
            id: 'id',
            header: t`External id`,
            width: 'minmax(120px, 1fr)',
            cell: ({ externalId }) => <code className="mono">{externalId}</code>,
          },
          { id: 'email', header: t`Email`, width: 'minmax(160px, 1.4fr)', cell: ({ email }) => email ?? '–' },
          { id: 'zone', header: t`Time zone`, width: '140px', isWideOnly: true, cell: ({ zone }) => zone ?? '–' },
          {
            id: 'since',
            header: t`Known since`,
            width: '100px',
            align: 'end',
            cell: ({ createdAt }) => <Time at={createdAt} />,
          },
        ]}
        empty={
          q ? (
            <Empty
              title={<Trans>Nobody is called “{q}”</Trans>}
              actions={
                <Link to="/contacts" search={{}} className="link">
                  <Trans>Show everyone</Trans>
                </Link>
              }
            />
          ) : (
            <Empty title={<Trans>Nobody is known yet</Trans>}>
              <Trans>People come with their first event, by the API, or are added here.</Trans>
            </Empty>
          )
        }
      />
      {isAdding && <PersonDialog person={null} onClose={() => setAdding(false)} />}
    </Page>
  );
}
