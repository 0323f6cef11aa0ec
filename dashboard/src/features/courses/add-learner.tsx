import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { enroll } from '../../api/courses.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { PersonInput } from '../../entities/person/person-input.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { noteLocalRow } from '../../ui/table/local-rows.ts';

/** Asks for a place for a learner; a full run puts them into its queue. */
export function AddLearner({
  course,
  run,
  free,
  onClose,
}: {
  course: string;
  run: string;
  free: number;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [contact, setContact] = useState('');
  const once = useRef(crypto.randomUUID());
  const add = useMutation({
    mutationFn: () => enroll({ course, run, contact: contact.trim() }, once.current),
    onSuccess: ({ id }) => {
      noteLocalRow(id);
      notifyDone(<Trans>Requested. A seat or a place in the queue follows at once.</Trans>);
      onClose();
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled: () => client.invalidateQueries({ queryKey: ['/v1/enrollments'] }),
  });
  return (
    <Dialog onClose={onClose} title={t`Add a learner`}>
      <form
        style={{ display: 'grid', gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <p className="text2">
          {free > 0 ? (
            <Trans>A seat is held for them while they pay; they get a mail with the link.</Trans>
          ) : (
            <Trans>No seat is free: they get a place in the queue, and an offer when a seat is freed.</Trans>
          )}
        </p>
        <PersonInput
          label={t`External id of the person`}
          description={t`The id in your own system; type a name to find it.`}
          value={contact}
          onChange={setContact}
          isRequired
        />
        <Refusal error={add.error} />
        <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button type="submit" variant="filled" loading={add.isPending} disabled={contact.trim() === ''}>
            <Trans>Add the learner</Trans>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
