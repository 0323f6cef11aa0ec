import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { enrollmentRoutes } from '../../../../contracts/courses/enrollments.routes.ts';
import type { Enrollment, MoreTimeAnswer } from '../../../../contracts/courses/enrollments-api.schema.ts';
import { giveMoreTime } from '../../api/courses.ts';
import { ReasonField } from '../../entities/answer/confirm.tsx';
import { Refusal } from '../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';
import { Time, useHourChoices } from '../../ui/time.tsx';
import classes from './courses.module.css';

/** Keeps offered and held seats for longer: says for whom, until when now and then, and asks why. */
export function MoreTimeDialog({ learners, onClose }: { learners: readonly Enrollment[]; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const choices = useHourChoices();
  const [hours, setHours] = useState('24');
  const [reason, setReason] = useState('');
  const ends = learners.map(({ seat }) => Date.parse(seat?.expiresAt ?? '')).filter(Number.isFinite);
  const until = new Date(Math.max(...ends, 0) + Number(hours) * 3_600_000).toISOString();
  const give = useMutation({
    mutationFn: () => giveMoreTime({ ids: learners.map(({ id }) => id), until, reason: reason.trim() }),
    onSuccess: ({ refused }) => {
      if (refused.length > 0) return;
      onClose();
      notifyDone(<Trans>Their seats are kept for longer, and a mail says so to each.</Trans>);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [enrollmentRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={t`Keep seats for longer`}>
      <DialogForm onSubmit={() => give.mutate()}>
        <ul className={classes.chosen} aria-label={t`Whom it concerns`}>
          {learners.map(({ id, name, contact, seat }) => (
            <li key={id} className={classes.pair}>
              <span className="medium cut">{name ?? contact}</span>
              <span className="text2">
                {seat?.expiresAt && (
                  <Trans>
                    now until <Time at={seat.expiresAt} />
                  </Trans>
                )}
              </span>
            </li>
          ))}
        </ul>
        <NativeSelect
          label={t`Longer by`}
          value={hours}
          onChange={(event) => setHours(event.currentTarget.value)}
          data={choices}
        />
        <p className="text2">
          <Plural
            value={learners.length}
            one="The seat is kept until"
            other="All # seats are kept until the same instant:"
          />{' '}
          <Time at={until} />. <Trans>A mail says so to each; meanwhile nobody else gets the seat.</Trans>
        </p>
        <ReasonField value={reason} onChange={setReason} isFirst />
        <Refusal error={give.error} />
        {give.data && <Refused answer={give.data} learners={learners} />}
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={give.isPending} disabled={reason.trim() === ''}>
            <Trans>Keep for longer</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}

/** Who has no more time, and why. */
function Refused({
  answer: { given, refused },
  learners,
}: {
  answer: MoreTimeAnswer;
  learners: readonly Enrollment[];
}) {
  if (refused.length === 0) return null;
  const nameOf = (id: string): string => {
    const learner = learners.find((one) => one.id === id);
    return learner?.name ?? learner?.contact ?? id;
  };
  return (
    <div role="alert">
      <Plural value={given.length} one="# has more time; these have not:" other="# have more time; these have not:" />
      <ul>
        {refused.map(({ id, message }) => (
          <li key={id}>
            <span className="medium">{nameOf(id)}</span>: {message}
          </li>
        ))}
      </ul>
    </div>
  );
}
