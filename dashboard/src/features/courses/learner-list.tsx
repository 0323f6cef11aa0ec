import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { CourseRun } from '../../../../contracts/courses/courses-api.schema.ts';
import type { Enrollment } from '../../../../contracts/courses/enrollments-api.schema.ts';
import { enrollmentsQuery } from '../../api/courses.ts';
import { useCan } from '../../api/session.ts';
import { List } from '../../entities/answer/list.tsx';
import { ChoiceChips, FilterLine, FilterText } from '../../ui/filters.tsx';
import { Empty } from '../../ui/states.tsx';
import { useLearnerColumns } from './learner-columns.tsx';
import { MoreTimeDialog } from './more-time.tsx';

/** The learners of a course run, narrowed by where they stand and by name; the address keeps both. */
export function LearnerList({ run: { course, slug: run, counts } }: { run: CourseRun }) {
  const { t } = useLingui();
  const { show = 'open', q } = useSearch({ from: '/frame/courses/$slug/$runSlug' });
  const navigate = useNavigate();
  const [longer, setLonger] = useState<readonly Enrollment[]>([]);
  const columns = useLearnerColumns((learner) => setLonger([learner]));
  const by = (name: string): number => counts.byLifecycle[name] ?? 0;
  const choices = [
    { value: 'open', label: t`Open`, count: counts.open },
    { value: 'attention', label: t`Needs attention`, count: counts.attention },
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
  const filter = show === 'open' ? { open: true } : show === 'attention' ? { attention: true } : { lifecycle: show };
  // Those who wait are listed by what happens next, as above the list.
  const order = show === 'waitlisted' ? 'place' : ['awaitingPayment', 'offered'].includes(show) ? 'ending' : undefined;
  const query = enrollmentsQuery({ course, run, q, order, ...filter });
  // Where all that are listed have a seat that ends, several are chosen at once.
  const [chosen, setChosen] = useState<Record<string, true>>({});
  const mayChange = useCan('enrollments:write');
  const seatsEnd = mayChange && order === 'ending';
  const learners = useInfiniteQuery(query).data?.pages.flatMap(({ items }) => items) ?? [];
  const able = seatsEnd ? learners.filter(({ id, actions }) => chosen[id] && actions.includes('moreTime')) : [];
  return (
    <>
      <FilterLine
        end={
          <>
            {able.length > 0 && (
              <Button onClick={() => setLonger(able)}>
                <Plural value={able.length} one="Keep # for longer…" other="Keep # for longer…" />
              </Button>
            )}
            <FilterText label={t`Find a learner`} value={q ?? ''} onChange={(value) => go({ show, q: value })} />
          </>
        }
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
        query={query}
        keyOf={({ id }) => id}
        columns={columns}
        {...(seatsEnd ? { selection: { chosen, onChange: setChosen } } : {})}
        empty={<NoLearners isSearched={Boolean(q)} show={show} hasEnded={by('ended') > 0} />}
      />
      {longer.length > 0 && (
        <MoreTimeDialog
          learners={longer}
          onClose={() => {
            setLonger([]);
            setChosen({});
          }}
        />
      )}
    </>
  );
}

/** Why no learner is listed: the search, the chip that is on, or that there is none. */
function NoLearners({ isSearched, show, hasEnded }: { isSearched: boolean; show: string; hasEnded: boolean }) {
  const isOpen = show === 'open';
  if (show === 'attention' && !isSearched)
    return (
      <Empty title={<Trans>Nobody needs you here</Trans>}>
        <Trans>
          Who waits for a decision, has trouble with a payment or a step, or whose seat ends within an hour, is listed
          here.
        </Trans>
      </Empty>
    );
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
