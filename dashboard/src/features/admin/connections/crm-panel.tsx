import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionRoutes } from '../../../../../contracts/access/connections.routes.ts';
import type { Connection } from '../../../../../contracts/access/connections-api.schema.ts';
import { removeConnection, testConnection } from '../../../api/admin/connections.ts';
import { useCan } from '../../../api/session.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { Facts, Panel, PanelBody } from '../../../ui/panel.tsx';
import { Empty } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import classes from '../admin.module.css';
import { ConnectCrm } from './connect-crm.tsx';
import { kinds, kindWords } from './connection-words.ts';

type Own = NonNullable<Connection['own']>;

/** The CRM that the workspace writes to: by its own credentials, or by the installation's. */
export function CrmPanel({ own }: { own: Own | null }) {
  const mayWrite = useCan('keys:write');
  const [open, setOpen] = useState<'connect' | 'remove' | null>(null);
  const close = (): void => setOpen(null);
  const kind = kinds.find((each) => each === own?.kind) ?? 'hubspotToken';
  return (
    <Panel title={<Trans>CRM</Trans>} note={<Trans>where steps of journeys write contacts and notes</Trans>}>
      {own ? (
        <PanelBody>
          <Shown own={own} />
          {mayWrite && <Acts key={own.setAt} onReplace={() => setOpen('connect')} onRemove={() => setOpen('remove')} />}
        </PanelBody>
      ) : (
        <Empty
          title={<Trans>Not connected by this workspace</Trans>}
          actions={
            mayWrite && (
              <Button variant="filled" onClick={() => setOpen('connect')}>
                <Trans>Connect a CRM</Trans>
              </Button>
            )
          }
        >
          <Trans>Steps write to the CRM of the installation, where it has one, until you connect your own.</Trans>
        </Empty>
      )}
      {open === 'connect' && <ConnectCrm kind={kind} onClose={close} />}
      {open === 'remove' && <Remove onClose={close} />}
    </Panel>
  );
}

function Shown({ own: { kind, endsWith, setAt, setBy } }: { own: Own }) {
  const { i18n } = useLingui();
  const known = kinds.find((each) => each === kind);
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

/** What can be done with credentials that are there; a test's answer stays until they are others. */
function Acts({ onReplace, onRemove }: { onReplace: () => void; onRemove: () => void }) {
  const test = useMutation({ mutationFn: () => testConnection('crm') });
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

function Remove({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeConnection('crm'),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [connectionRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={t`Remove the CRM’s credentials`}>
      <DialogForm onSubmit={() => remove.mutate()}>
        <p className="text2">
          <Trans>
            Steps of this workspace write to the CRM of the installation from now on. What is stored is deleted; it can
            be entered again.
          </Trans>
        </p>
        <Refusal error={remove.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="danger" loading={remove.isPending}>
            <Trans>Remove them</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
