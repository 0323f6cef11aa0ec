import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import type { CourseRunInput } from '../../../../../contracts/courses/course.schema.ts';
import { areSameDates, datesOf } from '../../../../../domain/courses/dates/dates.ts';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { TimeIn } from '../../../ui/time.tsx';

/** Whether saving moves the dates of a run that learners count on. */
export function movesDates(seen: CourseRunInput | null, next: CourseRunInput): boolean {
  return seen !== null && !(areSameDates(datesOf(seen), datesOf(next)) && seen.zone === next.zone);
}

/** Asks before dates are moved under learners: mails go out at once, and cannot be taken back. */
export function MovedDates(props: {
  run: CourseRunInput;
  learners: number;
  onClose: () => void;
  onConfirm: () => void;
}) {
  const { run, learners, onClose, onConfirm } = props;
  const { t } = useLingui();
  const { startsAt, endsAt, zone } = run;
  return (
    <Dialog onClose={onClose} title={t`Move the dates`}>
      <DialogForm onSubmit={onConfirm}>
        <p>
          <Plural
            value={learners}
            one="# learner is under way: paid, held, offered or in the queue."
            other="# learners are under way: paid, held, offered or in the queue."
          />{' '}
          <Trans>
            Their access, their deadlines and their rights move along at once, and mails go out about it. To move the
            dates back tells them once more.
          </Trans>
        </p>
        <ul>
          <li>
            {startsAt === undefined ? (
              <Trans>It is open at once.</Trans>
            ) : (
              <Trans>
                It starts on <TimeIn at={startsAt} zone={zone} />.
              </Trans>
            )}
          </li>
          <li>
            {endsAt === undefined ? (
              <Trans>It never ends.</Trans>
            ) : (
              <Trans>
                It ends on <TimeIn at={endsAt} zone={zone} />.
              </Trans>
            )}
          </li>
        </ul>
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" data-autofocus>
            <Trans>Move the dates and save</Trans>
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
