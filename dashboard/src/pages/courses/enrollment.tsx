import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Enrollment } from '../../../../contracts/courses/enrollments-api.schema.ts';
import { enrollmentQuery } from '../../api/courses.ts';
import { stepsQuery } from '../../api/runs.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { dueOfEnrollment } from '../../entities/enrollment/due-of-enrollment.ts';
import { AccessState, LifecycleState, PaymentState } from '../../entities/enrollment/enrollment-state.tsx';
import { StepWords, toneOf } from '../../entities/run/step-words.tsx';
import classes from '../../features/courses/courses.module.css';
import { EnrollmentActions } from '../../features/courses/enrollment-actions.tsx';
import { Page } from '../../frame/page.tsx';
import { toneIcons } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Money } from '../../entities/money/money.tsx';
import { Facts } from '../../ui/panel.tsx';
import { Loading } from '../../ui/states.tsx';
import { CopyId } from '../../ui/technical.tsx';
import { Time, TimeLeft } from '../../ui/time.tsx';

/** One learner in one run of a course: seat, money, what happened, what is next. */
export function EnrollmentPage() {
  const { t } = useLingui();
  const { id } = useParams({ from: '/frame/enrollments/$id' });
  const { data: enrollment, error, refetch } = useQuery(enrollmentQuery(id));
  if (!enrollment)
    return (
      <Page name={t`Enrollment`}>{error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}</Page>
    );
  const { name, contact, course, run, courseTitle, runTitle, lifecycle, outcome } = enrollment;
  return (
    <Page
      name={name ?? contact}
      crumbs={[
        <Link key="courses" to="/courses">
          <Trans>Courses</Trans>
        </Link>,
        <Link key="run" to="/courses/$slug/$runSlug" params={{ slug: course, runSlug: run }}>
          {courseTitle}, {runTitle}
        </Link>,
      ]}
      chip={<LifecycleState value={lifecycle} outcome={outcome} />}
      actions={<EnrollmentActions enrollment={enrollment} />}
    >
      <div className={classes.two}>
        <Story runId={enrollment.runId} />
        <Side enrollment={enrollment} />
      </div>
    </Page>
  );
}

function Story({ runId }: { runId: string }) {
  const { t } = useLingui();
  const { data, error, isPending, refetch } = useInfiniteQuery(stepsQuery(runId));
  if (isPending) return <Loading />;
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const steps = data?.pages.flatMap(({ items }) => items) ?? [];
  const colours = {
    done: 'var(--green)',
    running: 'var(--blue)',
    person: 'var(--amber)',
    waiting: 'var(--violet)',
    failed: 'var(--red)',
    off: 'var(--grey)',
  };
  return (
    <ol className={classes.steps} aria-label={t`What happened`}>
      {steps.map((step) => {
        const tone = toneOf(step);
        return (
          <li key={`${step.step} ${step.visit} ${step.generation}`} className="fresh">
            <Icon name={toneIcons[tone]} size={14} color={colours[tone]} />
            <span>
              <span className="medium">{step.title}</span>
              <span className="small text2 block">
                <StepWords step={step} />
              </span>
            </span>
            <span className="small text3">
              <Time at={step.startedAt} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Side({ enrollment }: { enrollment: Enrollment }) {
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
  } = enrollment;
  return (
    <aside className={classes.side} aria-label={t`Facts of the enrollment`}>
      {!endedAt && (
        <section>
          <h2 className={`${classes.label} caption`}>
            <Trans>What happens next</Trans>
          </h2>
          <p className="medium">{stepTitle}</p>
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
