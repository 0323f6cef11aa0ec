import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { enrollmentRoutes } from '../../../../contracts/courses/enrollments.routes.ts';
import { enroll } from '../../api/courses.ts';
import { Refusal } from '../../entities/answer/failed.tsx';
import { ApiProblem } from '../../api/http/problem.ts';
import { PersonInput } from '../../entities/person/person-input.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
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
    mutationFn: (more: { allowSameAddress?: true }) =>
      enroll({ course, run, contact: contact.trim(), ...more }, once.current),
    onSuccess: ({ id }) => {
      noteLocalRow(id);
      notifyDone(<Trans>Requested. A seat or a place in the queue follows at once.</Trans>);
      onClose();
    },
    onError: () => (once.current = crypto.randomUUID()),
    onSettled: () => client.invalidateQueries({ queryKey: [enrollmentRoutes.list.path] }),
  });
  const isSameAddress = add.error instanceof ApiProblem && add.error.code === 'enrollment.sameAddress';
  return (
    <Dialog onClose={onClose} title={t`Add a learner`}>
      <DialogForm onSubmit={() => add.mutate({})}>
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
        <DialogButtons onClose={onClose}>
          {isSameAddress && (
            <Button loading={add.isPending} onClick={() => add.mutate({ allowSameAddress: true })}>
              <Trans>They are two people</Trans>
            </Button>
          )}
          <Button type="submit" variant="filled" loading={add.isPending} disabled={contact.trim() === ''}>
            <Trans>Add the learner</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
