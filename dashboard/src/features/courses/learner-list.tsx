import { Trans, useLingui } from '@lingui/react/macro';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { CourseRun } from '../../../../contracts/courses/courses-api.schema.ts';
import { enrollmentsQuery } from '../../api/courses.ts';
import { List } from '../../entities/answer/list.tsx';
import { ChoiceChips, FilterLine, FilterText } from '../../ui/filters.tsx';
import { Empty } from '../../ui/states.tsx';
import { useLearnerColumns } from './learner-columns.tsx';

/** The learners of a course run, narrowed by where they stand and by name; the address keeps both. */
export function LearnerList({ run: { course, slug: run, counts } }: { run: CourseRun }) {
  const { t } = useLingui();
  const { show = 'open', q } = useSearch({ from: '/frame/courses/$slug/$runSlug' });
  const navigate = useNavigate();
  const columns = useLearnerColumns();
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
      params: { slug: course, runSlug: run },
      search: { ...(next.show === 'open' ? {} : { show: next.show }), ...(next.q ? { q: next.q } : {}) },
      replace: true,
    });
  const filter = show === 'open' ? { open: true } : { lifecycle: show };
  // Those who wait are listed by what happens next, as above the list.
  const order = show === 'waitlisted' ? 'place' : ['awaitingPayment', 'offered'].includes(show) ? 'ending' : undefined;
  return (
    <>
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
        query={enrollmentsQuery({ course, run, q, order, ...filter })}
        keyOf={({ id }) => id}
        columns={columns}
        empty={<NoLearners isSearched={Boolean(q)} isOpen={show === 'open'} hasEnded={by('ended') > 0} />}
      />
    </>
  );
}

/** Why no learner is listed: the search, the chip that is on, or that there is none. */
function NoLearners(props: { isSearched: boolean; isOpen: boolean; hasEnded: boolean }) {
  const { isSearched, isOpen, hasEnded } = props;
  return (
    <Empty
      title={
        isSearched ? (
          <Trans>No learner begins like this</Trans>
        ) : hasEnded && isOpen ? (
          <Trans>Nobody is under way</Trans>
        ) : (
          <Trans>Nobody here</Trans>
        )
      }
    >
      {hasEnded && isOpen && !isSearched ? (
        <Trans>Everyone who was here has completed or left; find them under “Ended”.</Trans>
      ) : isOpen && !isSearched ? (
        <Trans>Learners appear as soon as one asks for a place, here or through the API.</Trans>
      ) : (
        <Trans>The filters above hide everyone.</Trans>
      )}
    </Empty>
  );
}
