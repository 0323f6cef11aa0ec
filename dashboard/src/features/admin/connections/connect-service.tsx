import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionRoutes } from '../../../../../contracts/access/connections.routes.ts';
import type { Connection, ConnectionCredentials } from '../../../../../contracts/access/connections-api.schema.ts';
import { putConnection } from '../../../api/admin/connections.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { ConnectionField, givenOf, valueOf } from './connection-field.tsx';
import { fieldsOf, type Kind, kindsOf, kindWords, serviceWords } from './connection-words.ts';

type ConnectServiceProps = { connection: Connection; kind: Kind; onClose: () => void };

/** Takes credentials for a service, in the place of those that are there; `kind` is chosen at first. */
export function ConnectService({ connection, kind: current, onClose }: ConnectServiceProps) {
  const { service, reportsTo } = connection;
  const kinds = kindsOf[service];
  const { reports } = serviceWords[service];
  const { i18n } = useLingui();
  const client = useQueryClient();
  const [kind, setKind] = useState(current);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const fields = fieldsOf[kind];
  const save = useMutation({
    mutationFn: () => {
      // The server reads it by the schema of the kind.
      return putConnection(service, { kind, ...givenOf(fields, values) } as ConnectionCredentials);
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [connectionRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={i18n._(serviceWords[service].ask)}>
      <DialogForm onSubmit={() => save.mutate()}>
        {kinds.length > 1 && (
          <NativeSelect
            label={i18n._(serviceWords[service].title)}
            value={kind}
            onChange={({ currentTarget: { value } }) => setKind(kinds.find((each) => each === value) ?? kind)}
            data={kinds.map((each) => ({ value: each, label: i18n._(kindWords[each]) }))}
            data-autofocus
          />
        )}
        {reportsTo !== null && (
          <p className="small text2">
            <Trans>
              Its reports come to <code className="mono">{reportsTo}</code>.
            </Trans>{' '}
            {reports && i18n._(reports)}
          </p>
        )}
        {fields.map((field) => (
          <ConnectionField
            key={field.name}
            field={field}
            value={valueOf(field, values)}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        <p className="small text2">
          <Trans>They are stored sealed and never shown again.</Trans>
        </p>
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={save.isPending}
            disabled={fields.some((field) => !field.isOptional && valueOf(field, values).trim() === '')}
          >
            <Trans>Connect</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
