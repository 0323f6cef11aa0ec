import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contactRoutes } from '../../../../contracts/contacts/contacts.routes.ts';
import { eraseContact } from '../../api/contacts.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { useLateNavigate } from '../../ui/use-still-here.ts';

/** Erases a person for good; their external id has to be typed. */
export function ErasePerson({ externalId }: { externalId: string }) {
  const { t } = useLingui();
  const navigate = useLateNavigate();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const erase = useMutation({
    mutationFn: () => eraseContact(externalId),
    onSuccess: async () => {
      notifyDone(<Trans>Erased.</Trans>);
      await navigate({ to: '/contacts' });
      void client.invalidateQueries({ queryKey: [contactRoutes.list.path] });
    },
  });
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>
        <Trans>Erase…</Trans>
      </Button>
      {isOpen && (
        <Dialog onClose={() => setOpen(false)} title={t`Erase this person`}>
          <DialogForm onSubmit={() => erase.mutate()}>
            <p className="text2">
              <Trans>
                Their journeys end, and what is known of them is deleted: facts, events, contents, and within minutes
                their rows and letters in batches. Runs stay as numbers without a name. This cannot be undone.
              </Trans>
            </p>
            <TextInput
              label={t`Type ${externalId} to confirm`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
            <Refusal error={erase.error} />
            <DialogButtons onClose={() => setOpen(false)}>
              <Button type="submit" variant="danger" loading={erase.isPending} disabled={typed !== externalId}>
                <Trans>Erase for good</Trans>
              </Button>
            </DialogButtons>
          </DialogForm>
        </Dialog>
      )}
    </>
  );
}
