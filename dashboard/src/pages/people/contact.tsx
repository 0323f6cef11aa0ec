import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { contactQuery } from '../../api/contacts.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { PersonDialog } from '../../features/people/edit/person-dialog.tsx';
import { ErasePerson } from '../../features/people/erase-person.tsx';
import classes from '../../features/people/people.module.css';
import { PersonSide } from '../../features/people/person-side.tsx';
import { Story } from '../../features/people/story.tsx';
import { Page } from '../../frame/page.tsx';
import { Loading } from '../../ui/states.tsx';

/** Why did this happen to this person: one timeline over all jobs. */
export function ContactPage() {
  const { t } = useLingui();
  const { externalId } = useParams({ from: '/frame/contacts/$externalId' });
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
  return (
    <Page
      name={contact.name ?? externalId}
      crumbs={crumbs}
      actions={
        <>
          {mayEdit && (
            <Button onClick={() => setEditing(true)}>
              <Trans>Edit</Trans>
            </Button>
          )}
          {mayErase && <ErasePerson externalId={externalId} />}
        </>
      }
    >
      <div className={classes.two}>
        <Story externalId={externalId} />
        <PersonSide contact={contact} />
      </div>
      {isEditing && <PersonDialog person={contact} onClose={() => setEditing(false)} />}
    </Page>
  );
}
