import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { contactQuery } from '../../api/contacts.ts';
import { runsQuery } from '../../api/runs.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { List } from '../../entities/answer/list.tsx';
import { AbsencePanel } from '../../features/contacts/absence.tsx';
import { PersonDialog } from '../../features/contacts/edit/person-dialog.tsx';
import { ErasePerson } from '../../features/contacts/erase-person.tsx';
import { JoinPerson } from '../../features/contacts/join-person.tsx';
import classes from '../../features/contacts/people.module.css';
import { PersonSide } from '../../features/contacts/person-side.tsx';
import { Story } from '../../features/contacts/story.tsx';
import { useRunColumns } from '../../features/runs/columns.tsx';
import { Page } from '../../frame/page.tsx';
import { LinkTabs } from '../../ui/links/link-tabs.tsx';
import { Empty, Loading } from '../../ui/states.tsx';

/** Why did this happen to this person, and why not: one timeline over all jobs, and its parts. */
export function ContactPage() {
  const { t } = useLingui();
  const { externalId } = useParams({ from: '/frame/contacts/$externalId' });
  const { tab = 'story' } = useSearch({ from: '/frame/contacts/$externalId' });
  const mayEdit = useCan('contacts:write');
  const [isEditing, setEditing] = useState(false);
  const mayErase = useCan('contacts:erase');
  const { data: contact, error, refetch } = useQuery(contactQuery(externalId));
  const crumbs = [
    <Link key="people" to="/contacts">
      <Trans>People</Trans>
    </Link>,
  ];
  if (!contact)
    return (
      <Page name={t`Person`} crumbs={crumbs}>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  const tabs = [
    { key: 'story', label: t`Story` },
    { key: 'jobs', label: t`Jobs` },
    { key: 'mails', label: t`Mails` },
    { key: 'events', label: t`Events` },
    { key: 'consents', label: t`Consent` },
    { key: 'missing', label: t`What did not happen` },
  ];
  const known = tabs.some(({ key }) => key === tab) ? tab : 'story';
  return (
    <Page
      name={contact.name ?? contact.externalId}
      crumbs={crumbs}
      actions={
        <>
          {mayEdit && (
            <Button onClick={() => setEditing(true)}>
              <Trans>Edit</Trans>
            </Button>
          )}
          {mayErase && <JoinPerson externalId={contact.externalId} />}
          {mayErase && <ErasePerson externalId={contact.externalId} />}
        </>
      }
    >
      {contact.externalId !== externalId && (
        <p className={`${classes.joined} small text2`}>
          <Trans>{externalId} was joined with this person.</Trans>
        </p>
      )}
      <LinkTabs
        label={t`Parts of the story`}
        tabs={tabs.map(({ key, label }) => ({
          key,
          label,
          isOpen: key === known,
          link: { to: '/contacts/$externalId', params: { externalId }, search: key === 'story' ? {} : { tab: key } },
        }))}
      />
      <div className={classes.two}>
        <Part externalId={externalId} tab={known} />
        <PersonSide contact={contact} />
      </div>
      {isEditing && <PersonDialog person={contact} onClose={() => setEditing(false)} />}
    </Page>
  );
}

function Part({ externalId, tab }: { externalId: string; tab: string }): ReactNode {
  const mayRead = useCan('runs:read');
  switch (tab) {
    case 'jobs':
      return <Jobs externalId={externalId} />;
    case 'mails':
      return <Story externalId={externalId} show="mails" empty={<Trans>No mails yet</Trans>} />;
    case 'events':
      return <Story externalId={externalId} show="events" empty={<Trans>No events yet</Trans>} />;
    case 'consents':
      return (
        <Story externalId={externalId} show="consents" empty={<Trans>They have said nothing about mails</Trans>} />
      );
    case 'missing':
      return <Story externalId={externalId} show="missing" empty={<Trans>Nothing was left out or failed</Trans>} />;
    default:
      return (
        <div>
          {mayRead && <AbsencePanel externalId={externalId} />}
          <Story externalId={externalId} />
        </div>
      );
  }
}

/** The jobs that a person is or was in. */
function Jobs({ externalId }: { externalId: string }) {
  const { t } = useLingui();
  const columns = useRunColumns(false).filter(({ id }) => ['run', 'state', 'where', 'until'].includes(id));
  return (
    <List
      label={t`Jobs`}
      query={runsQuery({ contact: externalId })}
      keyOf={({ id }) => id}
      columns={columns}
      empty={<Empty title={<Trans>In no job yet</Trans>} />}
    />
  );
}
