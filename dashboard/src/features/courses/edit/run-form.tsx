import { Trans, useLingui } from '@lingui/react/macro';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef, useState } from 'react';
import type { CourseRunInput } from '../../../../../contracts/courses/course.schema.ts';
import type { CourseRun } from '../../../../../contracts/courses/courses-api.schema.ts';
import { courseRoutes } from '../../../../../contracts/courses/courses.routes.ts';
import { saveCourseRun } from '../../../api/courses.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { LeaveGuard } from '../../../ui/links/leave-guard.tsx';
import { notifyDone } from '../../../ui/notify.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { viewerZone } from '../../../ui/time.tsx';
import { useLateNavigate } from '../../../ui/use-still-here.ts';
import classes from './edit.module.css';
import { useProblems } from './field-problem.ts';
import { newRunDraft, type RunDraft, runDraftOf, runOf } from './run-draft.ts';
import { DateFields, SeatFields } from './run-fields.tsx';
import { MovedDates, movesDates } from './moved-dates.tsx';
import { slugOf } from '../../../ui/links/slug-of.ts';
import { TermsFields } from './terms-fields.tsx';

/** A run of a course as a form: a new one, or one that is there. What is wrong is said at its field once it was tried. */
export function RunForm({ course, run }: { course: string; run: CourseRun | null }) {
  const { t } = useLingui();
  // What was there when the form was opened: what others save meanwhile does not change what is typed.
  const [seen] = useState(run?.details ?? null);
  const [first] = useState(() => (seen ? runDraftOf(seen) : newRunDraft(viewerZone)));
  const [draft, setDraft] = useState(first);
  const isSaved = useRef(false);
  const [slug, setSlug] = useState('');
  const name = run?.slug ?? (slug === '' ? slugOf(draft.title) : slug);
  const [isTried, setTried] = useState(false);
  const [isMoving, setMoving] = useState(false);
  const learners = run?.counts.open ?? 0;
  const { run: typed, problems } = runOf(draft, seen);
  const problemAt = useProblems(isTried ? problems : []);
  const save = useSaveRun({ course, name, seen, isSaved });
  const isDirty = (): boolean => !isSaved.current && !save.isPending && JSON.stringify(draft) !== JSON.stringify(first);
  const onChange = (part: Partial<RunDraft>): void => setDraft((held) => ({ ...held, ...part }));
  const part = { draft, onChange, problemAt };
  return (
    <form
      className={classes.page}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (typed && name !== '') {
          if (learners > 0 && movesDates(seen, typed)) setMoving(true);
          else save.mutate(typed);
        } else requestAnimationFrame(() => document.querySelector<HTMLElement>('main [aria-invalid=true]')?.focus());
      }}
    >
      <LeaveGuard isDirty={isDirty} />
      {isMoving && typed && (
        <MovedDates
          run={typed}
          learners={learners}
          onClose={() => setMoving(false)}
          onConfirm={() => {
            setMoving(false);
            save.mutate(typed);
          }}
        />
      )}
      <Panel title={<Trans>The run</Trans>}>
        <div className={classes.fields}>
          <TextInput
            label={t`Title`}
            description={t`Such as Autumn 2027; learners read it in their mails`}
            value={draft.title}
            error={problemAt('title')}
            onChange={(event) => onChange({ title: event.currentTarget.value })}
            maxLength={200}
          />
          {!run && (
            <TextInput
              label={t`Name in links`}
              description={t`Lower-case words joined by hyphens; it stays`}
              value={name}
              error={isTried && name === '' && t`Please fill this in.`}
              onChange={(event) => setSlug(event.currentTarget.value)}
              maxLength={64}
            />
          )}
        </div>
      </Panel>
      <Panel title={<Trans>Seats and price</Trans>}>
        <SeatFields {...part} />
      </Panel>
      <Panel title={<Trans>Dates</Trans>}>
        <DateFields {...part} />
      </Panel>
      <Panel title={<Trans>Withdrawal and refund</Trans>}>
        <TermsFields {...part} />
      </Panel>
      <Refusal error={save.error} />
      <div className={classes.end}>
        <Button type="submit" variant="filled" loading={save.isPending}>
          {run ? <Trans>Save the run</Trans> : <Trans>Make the run</Trans>}
        </Button>
        <span className="small text2" role="status">
          {isTried && problems.length > 0 ? (
            <Trans>Some fields are not right yet.</Trans>
          ) : run ? (
            <Trans>→ price and terms count for those who ask from now on; those who have enrolled keep theirs</Trans>
          ) : (
            <Trans>→ learners can be enrolled at once</Trans>
          )}
        </span>
      </div>
    </form>
  );
}

function useSaveRun(of: { course: string; name: string; seen: CourseRunInput | null; isSaved: RefObject<boolean> }) {
  const { course, name, seen, isSaved } = of;
  const client = useQueryClient();
  const navigate = useLateNavigate();
  return useMutation({
    mutationFn: (run: CourseRunInput) => saveCourseRun(course, name, run, seen),
    onSuccess: () => {
      isSaved.current = true;
      notifyDone(<Trans>Saved.</Trans>);
      void navigate({ to: '/courses/$slug/$runSlug', params: { slug: course, runSlug: name } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: [courseRoutes.list.path] }),
  });
}
