import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Template } from '../../../../contracts/journeys/templates-api.schema.ts';
import { messagesQuery } from '../../api/templates.ts';
import { List } from '../../entities/answer/list.tsx';
import { Page } from '../../frame/page.tsx';
import { Empty } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/column.ts';

/** The messages that journeys send by name. */
export function TemplatesPage() {
  const { t } = useLingui();
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
    >
      <List
        label={t`Message templates`}
        query={messagesQuery}
        keyOf={({ id }) => id}
        columns={columns}
        empty={
          <Empty
            title={<Trans>No message templates yet</Trans>}
            actions={<code className="mono">npm run throughline -- push templates</code>}
          >
            <Trans>A message that several journeys send is written once and named by them.</Trans>
          </Empty>
        }
      />
    </Page>
  );
}
