import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Template } from '../../../../contracts/journeys/templates-api.schema.ts';
import { messagesQuery } from '../../api/templates.ts';
import { useCan } from '../../api/session.ts';
import { List } from '../../entities/answer/list.tsx';
import { NewMessage } from '../../features/templates/new-message.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Page } from '../../frame/page.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Empty } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';

/** The messages that journeys send by name. */
export function TemplatesPage() {
  const { t } = useLingui();
  const mayWrite = useCan('templates:write');
  const [isNew, setNew] = useState(false);
  useOfferActions(
    mayWrite ? [{ id: 'new', label: t`New message template`, icon: 'plus', run: () => setNew(true) }] : [],
  );
  const columns: readonly Column<Template>[] = [
    {
      id: 'slug',
      header: t`Name`,
      width: 'minmax(150px, 1fr)',
      cell: ({ slug }) => (
        <Link to="/templates/$slug" params={{ slug }} className="medium">
          {slug}
        </Link>
      ),
    },
    { id: 'version', header: t`Version`, width: '96px', cell: ({ version }) => `v${version}` },
  ];
  return (
    <Page
      name={t`Message templates`}
      crumbs={[
        <Link key="journeys" to="/journeys">
          <Trans>Journeys</Trans>
        </Link>,
      ]}
      actions={
        mayWrite && (
          <Button variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={() => setNew(true)}>
            <Trans>New template</Trans>
          </Button>
        )
      }
    >
      <List
        label={t`Message templates`}
        query={messagesQuery}
        keyOf={({ id }) => id}
        columns={columns}
        empty={
          <Empty title={<Trans>No message templates yet</Trans>}>
            <Trans>
              A message that several journeys send is written once and named by them. What engineers push from files
              stands here too.
            </Trans>
          </Empty>
        }
      />
      {isNew && <NewMessage onClose={() => setNew(false)} />}
    </Page>
  );
}
