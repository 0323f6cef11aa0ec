import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { courseQuery, courseRunQuery } from '../../api/courses.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { RunForm } from '../../features/courses/edit/run-form.tsx';
import { Page } from '../../frame/page.tsx';
import { Loading } from '../../ui/states.tsx';

/** A new run of a course. */
export function NewCourseRunPage() {
  const { t } = useLingui();
  const { slug } = useParams({ from: '/frame/courses/$slug/runs/new' });
  const { data: course, error, refetch } = useQuery(courseQuery(slug));
  return (
    <Page name={t`New run`} crumbs={[<Courses key="courses" />, <span key="course">{course?.title ?? slug}</span>]}>
      {course && <RunForm course={slug} run={null} />}
      {!course && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />)}
    </Page>
  );
}

/** A run of a course as it is changed: what was agreed with learners stays with them. */
export function EditCourseRunPage() {
  const { t } = useLingui();
  const { slug, runSlug } = useParams({ from: '/frame/courses/$slug/$runSlug/edit' });
  const { data: run, error, refetch } = useQuery(courseRunQuery(slug, runSlug));
  const crumbs = [
    <Courses key="courses" />,
    <Link key="run" to="/courses/$slug/$runSlug" params={{ slug, runSlug }}>
      {run ? `${run.courseTitle}, ${run.details.title}` : runSlug}
    </Link>,
  ];
  return (
    <Page name={t`Edit the run`} crumbs={crumbs}>
      {run && <RunForm course={slug} run={run} />}
      {!run && (error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />)}
    </Page>
  );
}

function Courses() {
  return (
    <Link to="/courses">
      <Trans>Courses</Trans>
    </Link>
  );
}
