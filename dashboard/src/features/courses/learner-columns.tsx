import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Enrollment } from '../../../../contracts/courses/enrollments-api.schema.ts';
import { dueOfEnrollment } from '../../entities/enrollment/due-of-enrollment.ts';
import { AccessState, LifecycleState, PaymentState } from '../../entities/enrollment/enrollment-state.tsx';
import { Money } from '../../entities/money/money.tsx';
import { TroubleWords } from '../../entities/run/trouble-words.tsx';
import type { Column } from '../../ui/table/column.ts';
import { TimeLeft } from '../../ui/time.tsx';

/** The columns of a course run's learners. */
export function useLearnerColumns(onMoreTime: (learner: Enrollment) => void): readonly Column<Enrollment>[] {
  const { t } = useLingui();
  return [
    {
      id: 'learner',
      header: t`Learner`,
      width: 'minmax(140px, 1.4fr)',
      cell: ({ id, name, contact }) => (
        <Link to="/enrollments/$id" params={{ id }} className="medium">
          {name ?? contact}
        </Link>
      ),
    },
    {
      id: 'lifecycle',
      header: t`Lifecycle`,
      width: '148px',
      cell: ({ lifecycle, outcome }) => <LifecycleState value={lifecycle} outcome={outcome} />,
    },
    { id: 'payment', header: t`Payment`, width: '128px', cell: ({ payment }) => <PaymentState value={payment} /> },
    { id: 'access', header: t`Access`, width: '88px', cell: ({ access }) => <AccessState value={access} /> },
    {
      id: 'price',
      header: t`Price`,
      width: '92px',
      align: 'end',
      isWideOnly: true,
      cell: ({ priceMinor, currency }) => <Money minor={priceMinor} currency={currency} />,
    },
    {
      id: 'next',
      header: t`What happens next`,
      width: 'minmax(160px, 1.6fr)',
      cell: ({ runId, stepTitle, nextDueAt, position, endedAt, gateId, seat, trouble, attention }) =>
        trouble ? (
          <TroubleWords trouble={trouble} />
        ) : attention === 'trouble' || attention === 'stopped' ? (
          <Link to="/runs/$id" params={{ id: runId }} className="link">
            {attention === 'stopped' ? (
              <Trans>Stopped: nothing reaches it</Trans>
            ) : (
              <Trans>Something is left to settle</Trans>
            )}
          </Link>
        ) : endedAt ? (
          <span className="text3">–</span>
        ) : (
          <>
            {position === null ? stepTitle : <Trans>Place {position} in the queue</Trans>}{' '}
            {nextDueAt && position === null && (
              <span className="small text2">
                <TimeLeft until={nextDueAt} due={dueOfEnrollment({ gateId, seat })} />
              </span>
            )}
          </>
        ),
    },
    {
      id: 'act',
      header: <span className="hidden">{t`What can be done`}</span>,
      width: '76px',
      align: 'end',
      cell: (learner) =>
        learner.gateId ? (
          <Link to="/inbox" search={{ show: 'team', gate: learner.gateId }} className="link">
            <Trans>Decide</Trans>
          </Link>
        ) : learner.actions.includes('moreTime') ? (
          <button type="button" className="plain link" onClick={() => onMoreTime(learner)}>
            <Trans>Extend…</Trans>
          </button>
        ) : null,
    },
  ];
}
