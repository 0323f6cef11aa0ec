import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { contactRoutes } from '../../../../contracts/contacts/contacts.routes.ts';
import type { Consent, Contact } from '../../../../contracts/contacts/contacts-api.schema.ts';
import { addressOf } from '../../../../contracts/http/route.ts';
import { saveConsent } from '../../api/contacts.ts';
import { useCan } from '../../api/session.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { Time } from '../../ui/time.tsx';

const reasonWords = {
  unsubscribed: msg`They unsubscribed`,
  optedOut: msg`Noted here`,
  complained: msg`They complained about a mail`,
  bounced: msg`Mails to this address come back`,
};

/** Whether a person may be written to, why not and since when, and the way to note what they said. */
export function PersonConsent({ contact, consent }: { contact: Contact; consent: Consent }) {
  const { i18n } = useLingui();
  const mayNote = useCan('contacts:write');
  const [isOpen, setOpen] = useState(false);
  const { reason, note, since } = consent;
  const isAddress = reason === 'bounced';
  return (
    <>
      {consent.isOpen ? (
        <p>
          <Trans>Mails are welcome.</Trans>
        </p>
      ) : (
        <p>
          <span className="medium">
            {isAddress ? <Trans>No mails at all.</Trans> : <Trans>No mails of lists.</Trans>}
          </span>{' '}
          {reason !== null && i18n._(reasonWords[reason])}
          {note !== null && `: ${note}`} {since !== null && <Time at={since} />}
        </p>
      )}
      {mayNote && (
        <Button onClick={() => setOpen(true)}>
          {consent.isOpen ? (
            <Trans>Note an opt-out…</Trans>
          ) : isAddress ? (
            <Trans>Write to it again…</Trans>
          ) : (
            <Trans>Note an opt-in…</Trans>
          )}
        </Button>
      )}
      {isOpen && (
        <ConsentDialog
          contact={contact}
          toOpen={!consent.isOpen}
          isAddress={isAddress}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function ConsentDialog(props: { contact: Contact; toOpen: boolean; isAddress: boolean; onClose: () => void }) {
  const { t } = useLingui();
  const { contact, toOpen, isAddress, onClose } = props;
  const { externalId } = contact;
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: () => saveConsent(externalId, { isOpen: toOpen, reason }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [addressOf(contactRoutes.show, { externalId })] }),
  });
  return (
    <Dialog
      onClose={onClose}
      title={
        isAddress ? t`The address takes mails again` : toOpen ? t`They want mails again` : t`They want no more mails`
      }
    >
      <DialogForm onSubmit={() => save.mutate()}>
        <p className="text2">
          {isAddress ? (
            <Trans>Mails go there from now on. If the next one comes back, the address is closed again.</Trans>
          ) : (
            <Trans>
              Mails about what they bought or booked reach them either way, as long as their address exists.
            </Trans>
          )}
        </p>
        <TextInput
          label={isAddress ? t`How you know` : t`How they said so`}
          description={t`It stands in the audit log`}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={200}
          autoComplete="off"
          data-autofocus
        />
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={reason.trim() === ''}>
            <Trans>Note it</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
