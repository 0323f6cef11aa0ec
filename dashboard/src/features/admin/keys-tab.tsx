import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiKeyRoutes } from '../../../../contracts/access/api-keys.routes.ts';
import type { ApiKey } from '../../../../contracts/access/api-keys-api.schema.ts';
import { apiKeysQuery, revokeApiKey } from '../../api/access.ts';
import { useCan } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { List } from '../../entities/answer/list.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { FilterLine } from '../../ui/filters.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import classes from './admin.module.css';
import { NewKey } from './new-key.tsx';

/** The keys that scripts use: what each may do, when it was used last. */
export function KeysTab() {
  const { t } = useLingui();
  const mayWrite = useCan('keys:write');
  const [isMaking, setMaking] = useState(false);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  return (
    <>
      <FilterLine
        end={
          mayWrite && (
            <Button variant="filled" onClick={() => setMaking(true)}>
              <Trans>Make a key</Trans>
            </Button>
          )
        }
      >
        <span className="text2">
          <Trans>A key acts for itself in this workspace, with the rights that it was given.</Trans>
        </span>
      </FilterLine>
      <List
        label={t`Keys`}
        query={apiKeysQuery}
        opens={false}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'name',
            header: t`Name`,
            width: 'minmax(140px, 1fr)',
            cell: ({ name }) => <span className="medium">{name}</span>,
          },
          {
            id: 'prefix',
            header: t`Begins with`,
            width: '130px',
            cell: ({ prefix }) => <code className="mono">{prefix}…</code>,
          },
          {
            id: 'scopes',
            header: t`May`,
            width: 'minmax(140px, 1.4fr)',
            cell: ({ scopes }) => (
              <span title={scopes.join(', ')}>
                {scopes.slice(0, 3).join(', ')}
                {scopes.length > 3 && ` +${scopes.length - 3}`}
              </span>
            ),
          },
          {
            id: 'used',
            header: t`Last used`,
            width: '100px',
            cell: ({ lastUsedAt }) => (lastUsedAt ? <Time at={lastUsedAt} /> : <Trans>Never</Trans>),
          },
          {
            id: 'state',
            header: t`State`,
            width: '130px',
            cell: ({ revokedAt, expiresAt }) =>
              revokedAt ? (
                <Chip tone="off" icon="lock">
                  <Trans>Revoked</Trans>
                </Chip>
              ) : expiresAt ? (
                <Chip tone="done" icon="clock">
                  <Trans>
                    until <Time at={expiresAt} />
                  </Trans>
                </Chip>
              ) : (
                <Chip tone="done">
                  <Trans>Active</Trans>
                </Chip>
              ),
          },
          {
            id: 'act',
            header: <span className="hidden">{t`What can be done`}</span>,
            width: '92px',
            align: 'end',
            cell: (key) =>
              mayWrite &&
              !key.revokedAt && (
                <Button
                  size="compact-sm"
                  variant="danger"
                  onClick={() => setRevoked(key)}
                  aria-label={t`Revoke ${key.name}`}
                >
                  <Trans>Revoke</Trans>
                </Button>
              ),
          },
        ]}
        empty={
          <Empty title={<Trans>No keys yet</Trans>}>
            <Trans>Scripts and the command line send a key with each call.</Trans>
          </Empty>
        }
      />
      {isMaking && <NewKey onClose={() => setMaking(false)} />}
      {revoked && <Revoke apiKey={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const { id, name } = apiKey;
  const revoke = useMutation({
    mutationFn: () => revokeApiKey(id),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [apiKeyRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={t`Revoke ${name}`}>
      <div className={classes.form}>
        <p className="text2">
          <Trans>
            Every call with this key is refused from now on. This cannot be undone; another key can be made.
          </Trans>
        </p>
        <Refusal error={revoke.error} />
        <div className={classes.ends}>
          <Button onClick={onClose} data-autofocus>
            <Trans>Leave it</Trans>
          </Button>
          <Button variant="danger" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            <Trans>Revoke the key</Trans>
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
