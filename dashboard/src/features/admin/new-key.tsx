import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiKeyRoutes } from '../../../../contracts/access/api-keys.routes.ts';
import { type Scope, scopes } from '../../../../contracts/access/access.ts';
import { createApiKey } from '../../api/access.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { noteLocalRow } from '../../ui/table/local-rows.ts';
import { CopyId } from '../../ui/technical.tsx';
import classes from './admin.module.css';

const dayMs = 86_400_000;

/** Makes a key with chosen rights; its secret is shown once. */
export function NewKey({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [chosen, setChosen] = useState<readonly Scope[]>([]);
  const make = useMutation({
    mutationFn: () =>
      createApiKey({
        name: name.trim(),
        scopes: [...chosen],
        ...(days === '' ? {} : { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() }),
      }),
    onSuccess: ({ id }) => noteLocalRow(id),
    onSettled: () => client.invalidateQueries({ queryKey: [apiKeyRoutes.list.path] }),
  });
  if (make.data)
    return (
      <Dialog onClose={onClose} title={make.data.name}>
        <div className={classes.form}>
          <div className={classes.secret} role="status">
            <Trans>This is the key. It is not shown again: copy it to where it is needed.</Trans>
            <CopyId id={make.data.secret} />
          </div>
          <div className={classes.ends}>
            <Button variant="filled" onClick={onClose}>
              <Trans>I have it</Trans>
            </Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Dialog onClose={onClose} title={t`Make a key`}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextInput
          label={t`Name`}
          description={t`What uses it`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          data-autofocus
        />
        <NativeSelect
          label={t`Holds for`}
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          data={[
            { value: '30', label: t`30 days` },
            { value: '90', label: t`90 days` },
            { value: '365', label: t`A year` },
            { value: '', label: t`Until it is revoked` },
          ]}
        />
        <fieldset className={classes.scopes}>
          <legend className="small medium">
            <Trans>May</Trans>
          </legend>
          {scopes.map((scope) => (
            <Checkbox
              key={scope}
              py={4}
              label={<code className="mono">{scope}</code>}
              checked={chosen.includes(scope)}
              onChange={(event) =>
                setChosen(event.currentTarget.checked ? [...chosen, scope] : chosen.filter((other) => other !== scope))
              }
            />
          ))}
        </fieldset>
        <Refusal error={make.error} />
        <div className={classes.ends}>
          <Button onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button
            type="submit"
            variant="filled"
            loading={make.isPending}
            disabled={name.trim() === '' || chosen.length === 0}
          >
            <Trans>Make the key</Trans>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
