import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { journeyRoutes } from '../../../../contracts/journeys/journeys.routes.ts';
import { startPerson } from '../../api/journeys.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { PersonInput } from '../../entities/person/person-input.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { noteLocalRow } from '../../ui/table/local-rows.ts';
import { useLateNavigate } from '../../ui/use-still-here.ts';

/** Lets one person into a journey by hand. */
export function StartPerson({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { t } = useLingui();
  const navigate = useLateNavigate();
  const client = useQueryClient();
  const [contact, setContact] = useState('');
  const once = useRef(crypto.randomUUID());
  const start = useMutation({
    mutationFn: () => startPerson(slug, contact.trim(), once.current),
    onSuccess: ({ runId }) => {
      noteLocalRow(runId);
      void client.invalidateQueries({ queryKey: [journeyRoutes.list.path] });
      void navigate({ to: '/runs/$id', params: { id: runId } });
    },
    onError: () => (once.current = crypto.randomUUID()),
  });
  return (
    <Dialog onClose={onClose} title={t`Start a person`}>
      <DialogForm onSubmit={() => start.mutate()}>
        <PersonInput
          label={t`External id of the person`}
          description={t`The id in your own system; type a name to find it.`}
          value={contact}
          onChange={setContact}
          isRequired
        />
        <Refusal error={start.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={start.isPending} disabled={contact.trim() === ''}>
            <Trans>Start</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
