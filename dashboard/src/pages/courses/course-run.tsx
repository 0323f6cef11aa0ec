import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { courseRunQuery } from '../../api/courses.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { AddLearner } from '../../features/courses/add-learner.tsx';
import { Calendar } from '../../features/courses/calendar.tsx';
import classes from '../../features/courses/courses.module.css';
import { LearnerList } from '../../features/courses/learner-list.tsx';
import { MessageLearners } from '../../features/courses/message-learners.tsx';
import { MessagesSent } from '../../features/courses/messages-sent.tsx';
import { RunMoney } from '../../features/courses/run-money.tsx';
import { SeatStrip } from '../../features/courses/seat-strip.tsx';
import { WaitingLists } from '../../features/courses/waiting-lists.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Page } from '../../frame/page.tsx';
import { Icon } from '../../ui/icons.tsx';
import { LinkButton } from '../../ui/links/link-button.tsx';
import { Loading } from '../../ui/states.tsx';

/** Seats, the queue, money and learners of one run of a course. */
export function CourseRunPage() {
  const { t } = useLingui();
  const { slug, runSlug } = useParams({ from: '/frame/courses/$slug/$runSlug' });
  const { data: run, error, refetch } = useQuery(courseRunQuery(slug, runSlug));
  const mayWrite = useCan('enrollments:write');
  const mayEdit = useCan('courses:write');
  const [isAdding, setAdding] = useState(false);
  const [isWriting, setWriting] = useState(false);
  useOfferActions(mayWrite ? [{ id: 'add', label: t`Add a learner`, icon: 'plus', run: () => setAdding(true) }] : []);
  const crumbs = [
    <Link key="courses" to="/courses">
      <Trans>Courses</Trans>
    </Link>,
    ...(run ? [<span key="course">{run.courseTitle}</span>] : []),
  ];
  if (!run)
    return (
      <Page name={t`Course run`} crumbs={crumbs}>
        {error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  const { details, seats, counts } = run;
  return (
    <Page
      name={details.title}
      crumbs={crumbs}
      actions={
        <>
          {mayEdit && (
            <LinkButton to="/courses/$slug/$runSlug/edit" params={{ slug, runSlug }}>
              <Trans>Edit</Trans>
            </LinkButton>
          )}
          {mayWrite && counts.open > 0 && (
            <Button leftSection={<Icon name="mail" size={14} />} onClick={() => setWriting(true)}>
              <Trans>Message learners</Trans>
            </Button>
          )}
          {mayWrite && (
            <Button variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
              <Trans>Add a learner</Trans>
            </Button>
          )}
        </>
      }
    >
      <header className={classes.head}>
        <SeatStrip seats={seats} counts={counts} />
        <WaitingLists course={slug} run={runSlug} />
      </header>
      <div className={classes.sums}>
        <RunMoney run={run} />
        {details.startsAt && <Calendar startsAt={details.startsAt} endsAt={details.endsAt} zone={details.zone} />}
      </div>
      <MessagesSent course={slug} run={runSlug} />
      <LearnerList key={run.id} run={run} />
      {isWriting && <MessageLearners course={slug} run={runSlug} onClose={() => setWriting(false)} />}
      {isAdding && <AddLearner course={slug} run={runSlug} free={seats.free} onClose={() => setAdding(false)} />}
    </Page>
  );
}
