import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionRoutes } from '../../../../../contracts/access/connections.routes.ts';
import type { CrmCredentials } from '../../../../../contracts/access/connections-api.schema.ts';
import { putConnection } from '../../../api/admin/connections.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { fieldsOf, fieldWords, kinds, kindWords } from './connection-words.ts';

/** Takes credentials for the CRM, in the place of those that are there. */
export function ConnectCrm({ kind: current, onClose }: { kind: CrmCredentials['kind']; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const [kind, setKind] = useState(current);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const fields = fieldsOf[kind];
  const save = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(fields.map(({ name }) => [name, (values[name] ?? '').trim()]));
      // The server reads it by the schema of the kind.
      return putConnection('crm', { kind, ...given } as CrmCredentials);
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [connectionRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={t`Connect the CRM`}>
      <DialogForm onSubmit={() => save.mutate()}>
        <NativeSelect
          label={t`CRM`}
          value={kind}
          onChange={({ currentTarget: { value } }) => setKind(kinds.find((each) => each === value) ?? kind)}
          data={kinds.map((each) => ({ value: each, label: i18n._(kindWords[each]) }))}
          data-autofocus
        />
        {fields.map(({ name, isHidden }) => {
          const Field = isHidden ? PasswordInput : TextInput;
          const label = fieldWords[name];
          return (
            <Field
              key={name}
              label={label ? i18n._(label) : name}
              value={values[name] ?? ''}
              onChange={({ currentTarget: { value } }) => setValues({ ...values, [name]: value })}
              maxLength={2_000}
              autoComplete="off"
              required
              {...(isHidden ? { visibilityToggleButtonProps: { 'aria-label': t`Show or hide it` } } : {})}
            />
          );
        })}
        <p className="small text2">
          <Trans>They are stored sealed and never shown again.</Trans>
        </p>
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={save.isPending}
            disabled={fields.some(({ name }) => !values[name]?.trim())}
          >
            <Trans>Connect</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
