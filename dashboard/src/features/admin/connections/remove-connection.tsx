import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { connectionRoutes } from '../../../../../contracts/access/connections.routes.ts';
import type { ConnectionService, PaymentsByKeys } from '../../../../../contracts/access/connections-api.schema.ts';
import { removeConnection } from '../../../api/admin/connections.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { serviceWords } from './connection-words.ts';

type RemoveConnectionProps = { service: ConnectionService; payments: PaymentsByKeys | null; onClose: () => void };

/** Asks before credentials are removed. While payments need them it says which, and removes nothing until a person says that they know. */
export function RemoveConnection({ service, payments, onClose }: RemoveConnectionProps) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const { open, paid } = payments ?? { open: 0, paid: 0 };
  const isNeeded = open + paid > 0;
  const [isKnown, setKnown] = useState(false);
  const remove = useMutation({
    mutationFn: () => removeConnection(service, isKnown),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [connectionRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={i18n._(serviceWords[service].remove)}>
      <DialogForm onSubmit={() => remove.mutate()}>
        <p className="text2">{i18n._(serviceWords[service].removal)}</p>
        {open > 0 && (
          <p>
            <Plural
              value={open}
              one="# learner may still pay in your own account. That money will not be noticed here, and gives no seat."
              other="# learners may still pay in your own account. That money will not be noticed here, and gives no seats."
            />
          </p>
        )}
        {paid > 0 && (
          <p>
            <Plural
              value={paid}
              one="# payment in your own account is of a learner who has not ended. If they withdraw, it has to be given back at Stripe."
              other="# payments in your own account are of learners who have not ended. If they withdraw, these have to be given back at Stripe."
            />
          </p>
        )}
        {isNeeded && (
          <Checkbox
            label={t`Remove them all the same`}
            checked={isKnown}
            onChange={(event) => setKnown(event.currentTarget.checked)}
          />
        )}
        <Refusal error={remove.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="danger" loading={remove.isPending} disabled={isNeeded && !isKnown}>
            <Trans>Remove them</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
