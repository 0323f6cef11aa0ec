import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Connection, ConnectionService } from '../../../../../contracts/access/connections-api.schema.ts';
import { testConnection } from '../../../api/admin/connections.ts';
import { useCan } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Facts, Panel, PanelBody } from '../../../ui/panel.tsx';
import { Empty } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../admin.module.css';
import { ConnectService } from './connect-service.tsx';
import { kindsOf, kindWords, serviceWords } from './connection-words.ts';
import { RemoveConnection } from './remove-connection.tsx';

type Own = NonNullable<Connection['own']>;

/** A service that the workspace uses: by its own credentials, or by the installation's. */
export function ConnectionPanel({ connection }: { connection: Connection }) {
  const { service, own, reportsTo } = connection;
  const { i18n } = useLingui();
  const words = serviceWords[service];
  const kinds = kindsOf[service];
  const mayWrite = useCan('keys:write');
  const [open, setOpen] = useState<'connect' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  const kind = kinds.find((each) => each === own?.kind) ?? kinds[0];
  return (
    <Panel title={i18n._(words.title)} note={i18n._(words.note)}>
      {own ? (
        <PanelBody>
          <Shown own={own} reportsTo={reportsTo} />
          {mayWrite && (
            <Acts
              key={own.setAt}
              service={service}
              onReplace={() => setOpen('connect')}
              onRemove={() => setOpen('remove')}
            />
          )}
        </PanelBody>
      ) : (
        <Empty
          title={<Trans>Not connected by this workspace</Trans>}
          actions={
            mayWrite && (
              <Button variant="filled" onClick={() => setOpen('connect')}>
                {i18n._(words.connect)}
              </Button>
            )
          }
        >
          {i18n._(words.none)}
        </Empty>
      )}
      {open === 'connect' && <ConnectService connection={connection} kind={kind} onClose={close} />}
      {open === 'remove' && own && <RemoveConnection service={service} payments={own.payments} onClose={close} />}
    </Panel>
  );
}

function Shown({ own: { kind, endsWith, setAt, setBy }, reportsTo }: { own: Own; reportsTo: string | null }) {
  const { i18n } = useLingui();
  const known = Object.values(kindsOf)
    .flat()
    .find((each) => each === kind);
  return (
    <Facts
      facts={[
        {
          key: 'kind',
          name: <Trans>Connected</Trans>,
          value: known ? i18n._(kindWords[known]) : (kind ?? <Unreadable />),
        },
        {
          key: 'set',
          name: <Trans>Set</Trans>,
          value:
            setBy === null ? (
              <Time at={setAt} />
            ) : (
              <Trans>
                <Time at={setAt} /> by {setBy}
              </Trans>
            ),
        },
        {
          key: 'ends',
          name: <Trans>Ends in</Trans>,
          value: endsWith === '' ? null : <code className="mono">••{endsWith}</code>,
        },
        {
          key: 'reports',
          name: <Trans>Reports come to</Trans>,
          value: reportsTo === null ? null : <code className="mono">{reportsTo}</code>,
        },
      ]}
    />
  );
}

function Unreadable() {
  return (
    <Chip tone="failed">
      <Trans>Cannot be opened: replace it</Trans>
    </Chip>
  );
}

type ActsProps = { service: ConnectionService; onReplace: () => void; onRemove: () => void };

/** What can be done with credentials that are there; a test's answer stays until they are others. */
function Acts({ service, onReplace, onRemove }: ActsProps) {
  const test = useMutation({ mutationFn: () => testConnection(service) });
  return (
    <div className={classes.acts}>
      <div role="status">
        {test.data && (
          <>
            <Chip tone={test.data.isWell ? 'done' : 'failed'}>
              {test.data.isWell ? <Trans>It works</Trans> : <Trans>It does not work</Trans>}
            </Chip>{' '}
            {test.data.message}
          </>
        )}
      </div>
      <Refusal error={test.error} />
      <div className={classes.ends}>
        <Button variant="danger" onClick={onRemove}>
          <Trans>Remove</Trans>
        </Button>
        <Button onClick={onReplace}>
          <Trans>Replace</Trans>
        </Button>
        <Button variant="filled" loading={test.isPending} onClick={() => test.mutate()}>
          <Trans>Test it</Trans>
        </Button>
      </div>
    </div>
  );
}
