import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contactRoutes } from '../../../../contracts/contacts/contacts.routes.ts';
import { contactQuery, joinContact, joinPreviewQuery } from '../../api/contacts.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { PersonInput } from '../../entities/person/person-input.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { restMs } from '../../ui/filters.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { JoinEffects } from './join-effects.tsx';

/** Joins another person with this one for good: what will happen is shown first, and the other's external id has to be typed. */
export function JoinPerson({ externalId }: { externalId: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Trans>Join with another person…</Trans>
      </Button>
      {isOpen && <JoinDialog externalId={externalId} onClose={() => setOpen(false)} />}
    </>
  );
}

function JoinDialog({ externalId, onClose }: { externalId: string; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [other, setOther] = useState('');
  const [typed, setTyped] = useState('');
  const named = other.trim();
  const [rested] = useDebouncedValue(named, restMs);
  const preview = useQuery({ ...joinPreviewQuery(externalId, rested), enabled: rested !== '' });
  const seen = rested === named ? preview.data : undefined;
  const join = useMutation({
    mutationFn: () => joinContact(externalId, named),
    onSuccess: () => {
      notifyDone(<Trans>Joined.</Trans>);
      onClose();
      void client.invalidateQueries({ queryKey: contactQuery(externalId).queryKey });
      void client.invalidateQueries({ queryKey: [contactRoutes.list.path] });
    },
  });
  return (
    <Dialog onClose={onClose} title={t`Join with another person`}>
      <DialogForm onSubmit={() => join.mutate()}>
        <p className="text2">
          <Trans>
            For two people who are one: {externalId} stays, and has what the other had. The other’s external id leads
            here from then on. This cannot be undone.
          </Trans>
        </p>
        <PersonInput
          label={t`Other person`}
          description={t`External id, name or address`}
          value={other}
          onChange={setOther}
          isRequired
        />
        {seen && <JoinEffects merged={seen} />}
        {seen && !seen.isJoined && (
          <TextInput
            label={t`Type ${named} to confirm`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
          />
        )}
        <Refusal error={join.error ?? (rested === named ? preview.error : null)} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="danger"
            loading={join.isPending}
            disabled={!seen || seen.isJoined || typed !== named}
          >
            <Trans>Join for good</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
