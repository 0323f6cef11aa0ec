import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { enrollmentRoutes } from '../../../../contracts/courses/enrollments.routes.ts';
import type { Enrollment } from '../../../../contracts/courses/enrollments-api.schema.ts';
import { answerOffer, stay, withdraw } from '../../api/courses.ts';
import { ConfirmWithReason } from '../../entities/answer/confirm.tsx';
import { Refusal } from '../../entities/answer/failed.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../ui/dialog.tsx';
import { notifyDone } from '../../ui/notify.tsx';

type Asked = 'accept' | 'decline' | 'withdraw' | 'stay';

/** Answering an offered seat in the learner's name, and leaving the course. */
export function EnrollmentActions({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const { id, actions } = enrollment;
  const send = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSuccess: () => {
      setAsked(null);
      notifyDone(<Trans>Sent. The enrollment goes on in a moment.</Trans>);
    },
    onSettled: () => client.invalidateQueries({ queryKey: [enrollmentRoutes.list.path] }),
  });
  const open = (what: Asked): void => {
    send.reset();
    setAsked(what);
  };
  const labels = {
    accept: t`Accept the offer`,
    decline: t`Decline the offer`,
    withdraw: t`Withdraw…`,
    stay: t`Stay in the course`,
  };
  const possible: Asked[] = [
    ...(actions.includes('offer') ? (['accept', 'decline'] as const) : []),
    ...(actions.includes('withdraw') ? (['withdraw'] as const) : []),
    ...(actions.includes('stay') ? (['stay'] as const) : []),
  ];
  useOfferActions(possible.map((what) => ({ id: what, label: labels[what], icon: 'course', run: () => open(what) })));
  return (
    <>
      {possible.map((what) => (
        <Button
          key={what}
          variant={what === 'accept' ? 'filled' : what === 'withdraw' ? 'danger' : 'default'}
          onClick={() => open(what)}
        >
          {labels[what]}
        </Button>
      ))}
      {asked !== null && asked !== 'withdraw' && (
        <Dialog onClose={() => setAsked(null)} title={labels[asked]}>
          <DialogForm onSubmit={() => send.mutate(() => (asked === 'stay' ? stay(id) : answerOffer(id, asked)))}>
            <p className="text2">
              {asked === 'accept' && (
                <Trans>The seat is held for them while they pay; they get a mail with the link.</Trans>
              )}
              {asked === 'decline' && <Trans>The seat goes to the next in the queue, and this enrollment ends.</Trans>}
              {asked === 'stay' && <Trans>The withdrawal is taken back, and the learner has access again.</Trans>}
            </p>
            <Refusal error={send.error} />
            <DialogButtons onClose={() => setAsked(null)}>
              <Button type="submit" variant="filled" loading={send.isPending} data-autofocus>
                {labels[asked]}
              </Button>
            </DialogButtons>
          </DialogForm>
        </Dialog>
      )}
      {asked === 'withdraw' && (
        <ConfirmWithReason
          onClose={() => setAsked(null)}
          title={t`Withdraw from the course`}
          action={t`Withdraw`}
          isDangerous
          isBusy={send.isPending}
          error={send.error}
          onConfirm={(reason) => send.mutate(() => withdraw(id, reason))}
        >
          <Trans>
            The seat is freed. What has been paid is quoted by the course’s rules, and a person decides about the
            refund.
          </Trans>
        </ConfirmWithReason>
      )}
    </>
  );
}
