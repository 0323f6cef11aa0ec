import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { courseRunQuery, enrollmentsQuery } from '../../api/courses.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import { List } from '../../entities/answer/list.tsx';
import { AddLearner } from '../../features/courses/add-learner.tsx';
import { Calendar } from '../../features/courses/calendar.tsx';
import classes from '../../features/courses/courses.module.css';
import { useLearnerColumns } from '../../features/courses/learner-columns.tsx';
import { SeatStrip } from '../../features/courses/seat-strip.tsx';
import { WaitingLists } from '../../features/courses/waiting-lists.tsx';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Page } from '../../frame/page.tsx';
import { ChoiceChips, FilterLine, FilterText } from '../../ui/filters.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Count, Money } from '../../ui/numbers.tsx';
import { Empty, Loading } from '../../ui/states.tsx';

/** Seats, the queue, money and learners of one run of a course. */
export function CourseRunPage() {
  const { t } = useLingui();
  const { slug, runSlug } = useParams({ from: '/frame/courses/$slug/$runSlug' });
  const { show = 'open', q } = useSearch({ from: '/frame/courses/$slug/$runSlug' });
  const navigate = useNavigate();
  const { data: run, error, refetch } = useQuery(courseRunQuery(slug, runSlug));
  const columns = useLearnerColumns();
  const mayWrite = useCan('enrollments:write');
  const [isAdding, setAdding] = useState(false);
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
  const { details, seats, money, counts } = run;
  const by = (name: string): number => counts.byLifecycle[name] ?? 0;
  const choices = [
    { value: 'open', label: t`Open`, count: counts.open },
    { value: 'active', label: t`Learning`, count: by('active') },
    { value: 'awaitingPayment', label: t`Held`, count: by('awaitingPayment') },
    { value: 'offered', label: t`Offered`, count: by('offered') },
    { value: 'waitlisted', label: t`Waitlisted`, count: by('waitlisted') },
    { value: 'withdrawing', label: t`Withdrawing`, count: by('withdrawing') },
    { value: 'ended', label: t`Ended`, count: by('ended') },
  ];
  const go = (next: { show: string; q: string | undefined }): void =>
    void navigate({
      to: '/courses/$slug/$runSlug',
      params: { slug, runSlug },
      search: { ...(next.show === 'open' ? {} : { show: next.show }), ...(next.q ? { q: next.q } : {}) },
      replace: true,
    });
  const filter = show === 'open' ? { open: true } : { lifecycle: show };
  return (
    <Page
      name={details.title}
      crumbs={crumbs}
      actions={
        mayWrite && (
          <Button variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={() => setAdding(true)}>
            <Trans>Add a learner</Trans>
          </Button>
        )
      }
    >
      <header className={classes.head}>
        <SeatStrip seats={seats} counts={counts} />
        <WaitingLists course={slug} run={runSlug} />
      </header>
      <div className={classes.sums}>
        <div className={`${classes.money} num`}>
          <span>
            <span className={classes.label}>
              <Trans>A seat costs</Trans>
            </span>
            <b>
              <Money minor={details.priceMinor} currency={details.currency} />
            </b>
          </span>
          <span>
            <span className={classes.label}>
              <Trans>Received</Trans>
            </span>
            <b>
              <Money minor={money.receivedMinor} currency={details.currency} />
            </b>
          </span>
          <span>
            <span className={classes.label}>
              <Trans>Paid for</Trans>
            </span>
            <b>
              <Count value={money.paid} />
            </b>
          </span>
          <span>
            <span className={classes.label}>
              <Trans>Refunds due</Trans>
            </span>
            <b>
              <Count value={money.refundDue} />
            </b>
          </span>
        </div>
        {details.startsAt && <Calendar startsAt={details.startsAt} endsAt={details.endsAt} />}
      </div>
      <FilterLine
        end={<FilterText label={t`Find a learner`} value={q ?? ''} onChange={(value) => go({ show, q: value })} />}
      >
        <ChoiceChips
          label={t`Which learners`}
          choices={choices}
          value={show}
          onChange={(value) => go({ show: value, q })}
        />
      </FilterLine>
      <List
        label={t`Learners`}
        query={enrollmentsQuery({ course: slug, run: runSlug, q, ...filter })}
        keyOf={({ id }) => id}
        columns={columns}
        empty={
          <Empty
            title={
              q ? (
                <Trans>No learner begins like this</Trans>
              ) : by('ended') > 0 && show === 'open' ? (
                <Trans>Nobody is under way</Trans>
              ) : (
                <Trans>Nobody here</Trans>
              )
            }
          >
            {by('ended') > 0 && show === 'open' && !q ? (
              <Trans>Everyone who was here has completed or left; find them under “Ended”.</Trans>
            ) : show === 'open' && !q ? (
              <Trans>Learners appear as soon as one asks for a place, here or through the API.</Trans>
            ) : (
              <Trans>The filters above hide everyone.</Trans>
            )}
          </Empty>
        }
      />
      {isAdding && <AddLearner course={slug} run={runSlug} free={seats.free} onClose={() => setAdding(false)} />}
    </Page>
  );
}
