import { Trans, useLingui } from '@lingui/react/macro';
import { Autocomplete, Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contactRoutes } from '../../../../../contracts/contacts/contacts.routes.ts';
import type { Contact } from '../../../../../contracts/contacts/contacts-api.schema.ts';
import { saveContact } from '../../../api/contacts.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { noteLocalRow } from '../../../ui/table/local-rows.ts';
import { AttributeRows } from './attribute-rows.tsx';
import { changeOf, newPersonDraft, type PersonDraft, personDraftOf, wrongRow } from './person-draft.ts';

/** Makes a person known, or changes what is known of one. */
export function PersonDialog({ person: opened, onClose }: { person: Contact | null; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  // As known when the dialog was opened: what comes in meanwhile is no part of what was typed.
  const [person] = useState(opened);
  const [draft, setDraft] = useState(() => (person ? personDraftOf(person) : newPersonDraft()));
  const change = (part: Partial<PersonDraft>): void => setDraft((held) => ({ ...held, ...part }));
  const wrong = wrongRow(draft);
  const save = useMutation({
    mutationFn: () => saveContact(draft.externalId.trim(), changeOf(draft, person), person),
    onSuccess: ({ id }) => {
      noteLocalRow(id);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: [contactRoutes.list.path] }),
  });
  return (
    <Dialog isWide onClose={onClose} title={person ? (person.name ?? person.externalId) : t`New person`}>
      <DialogForm onSubmit={() => save.mutate()}>
        {!person && (
          <TextInput
            label={t`External id`}
            description={t`The id in your own system; it stays`}
            value={draft.externalId}
            onChange={(event) => change({ externalId: event.currentTarget.value })}
            maxLength={200}
            required
            withAsterisk={false}
            autoComplete="off"
            data-autofocus
          />
        )}
        <TextInput
          type="email"
          label={t`Email`}
          description={t`Without an address, no mail reaches them`}
          value={draft.email}
          onChange={(event) => change({ email: event.currentTarget.value })}
          maxLength={254}
          autoComplete="off"
        />
        <Autocomplete
          label={t`Time zone`}
          description={t`Such as Europe/Berlin; without one, that of the journey or the workspace holds`}
          data={Intl.supportedValuesOf('timeZone')}
          limit={20}
          value={draft.zone}
          onChange={(zone) => change({ zone })}
        />
        <AttributeRows rows={draft.rows} wrong={wrong} onChange={(rows) => change({ rows })} />
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button
            type="submit"
            variant="filled"
            loading={save.isPending}
            disabled={draft.externalId.trim() === '' || wrong !== null}
          >
            {person ? <Trans>Save</Trans> : <Trans>Add the person</Trans>}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
