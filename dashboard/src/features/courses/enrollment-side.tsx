import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import type { Enrollment } from '../../../../contracts/courses/enrollments-api.schema.ts';
import { dueOfEnrollment } from '../../entities/enrollment/due-of-enrollment.ts';
import { AccessState, PaymentState } from '../../entities/enrollment/enrollment-state.tsx';
import { Money } from '../../entities/money/money.tsx';
import { TroubleWords } from '../../entities/run/trouble-words.tsx';
import { Facts } from '../../ui/panel.tsx';
import { CopyId } from '../../ui/technical.tsx';
import { Time, TimeLeft } from '../../ui/time.tsx';
import classes from './courses.module.css';

/** What happens next to a learner, and the facts of their seat and their money. */
export function EnrollmentSide({ enrollment }: { enrollment: Enrollment }) {
  const { t } = useLingui();
  const {
    payment,
    access,
    priceMinor,
    currency,
    seat,
    position,
    requestedAt,
    endedAt,
    contact,
    name,
    runId,
    gateId,
    nextDueAt,
    stepTitle,
    checkoutUrl,
    trouble,
  } = enrollment;
  return (
    <aside className={classes.side} aria-label={t`Facts of the enrollment`}>
      {!endedAt && (
        <section>
          <h2 className={`${classes.label} caption`}>
            <Trans>What happens next</Trans>
          </h2>
          <p className="medium">{stepTitle}</p>
          {trouble && (
            <p>
              <TroubleWords trouble={trouble} />
            </p>
          )}
          {nextDueAt && position === null && <TimeLeft until={nextDueAt} due={dueOfEnrollment(enrollment)} />}
          {gateId && (
            <p>
              <Link to="/inbox" search={{ show: 'team', gate: gateId }} className="link">
                <Trans>Decide</Trans>
              </Link>
            </p>
          )}
        </section>
      )}
      <section>
        <Facts
          facts={[
            { key: 'payment', name: <Trans>Payment</Trans>, value: <PaymentState value={payment} /> },
            { key: 'price', name: <Trans>Price</Trans>, value: <Money minor={priceMinor} currency={currency} /> },
            { key: 'access', name: <Trans>Access</Trans>, value: <AccessState value={access} /> },
            {
              key: 'seat',
              name: <Trans>Seat</Trans>,
              value:
                position !== null ? (
                  <Trans>Place {position} in the queue</Trans>
                ) : seat === null ? (
                  <Trans>None</Trans>
                ) : seat.kind === 'confirmed' ? (
                  <Trans>Confirmed</Trans>
                ) : (
                  <>
                    {seat.kind === 'hold' ? <Trans>Held</Trans> : <Trans>Offered</Trans>}
                    {seat.expiresAt && (
                      <>
                        , <TimeLeft until={seat.expiresAt} due="seat" />
                      </>
                    )}
                  </>
                ),
            },
            {
              key: 'link',
              name: <Trans>Payment link</Trans>,
              value: seat?.kind === 'hold' && checkoutUrl !== null ? <CopyId id={checkoutUrl} /> : null,
            },
            { key: 'asked', name: <Trans>Asked for</Trans>, value: <Time at={requestedAt} /> },
            { key: 'ended', name: <Trans>Ended</Trans>, value: endedAt && <Time at={endedAt} /> },
            {
              key: 'person',
              name: <Trans>Person</Trans>,
              value: contact && (
                <Link to="/contacts/$externalId" params={{ externalId: contact }} className="link">
                  {name ?? contact}
                </Link>
              ),
            },
            {
              key: 'run',
              name: <Trans>Run</Trans>,
              value: (
                <Link to="/runs/$id" params={{ id: runId }} className="link">
                  <Trans>With attempts and effects</Trans>
                </Link>
              ),
            },
          ]}
        />
      </section>
    </aside>
  );
}
