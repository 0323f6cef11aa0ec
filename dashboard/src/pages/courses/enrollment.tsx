import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { enrollmentQuery } from '../../api/courses.ts';
import { stepsQuery } from '../../api/runs.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { LifecycleState } from '../../entities/enrollment/enrollment-state.tsx';
import { StepWords, toneOf } from '../../entities/run/step-words.tsx';
import classes from '../../features/courses/courses.module.css';
import { EnrollmentActions } from '../../features/courses/enrollment-actions.tsx';
import { EnrollmentSide } from '../../features/courses/enrollment-side.tsx';
import { Page } from '../../frame/page.tsx';
import { toneIcons } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

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
        <EnrollmentSide enrollment={enrollment} />
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
