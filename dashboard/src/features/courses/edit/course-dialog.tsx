import { Trans, useLingui } from '@lingui/react/macro';
import { Button, NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Completion } from '../../../../../contracts/courses/course.schema.ts';
import type { Course } from '../../../../../contracts/courses/courses-api.schema.ts';
import { courseRoutes } from '../../../../../contracts/courses/courses.routes.ts';
import { saveCourse } from '../../../api/courses.ts';
import { Refusal } from '../../../entities/answer/failed.tsx';
import { Dialog, DialogButtons, DialogForm } from '../../../ui/dialog.tsx';
import { slugOf } from '../../../ui/links/slug-of.ts';

const { moveOn } = Completion.shape;

/** Makes a course, or changes one. `known` are the slugs that are proposed as prerequisites. */
export function CourseDialog(props: { course: Course | null; known: readonly string[]; onClose: () => void }) {
  const { course, known, onClose } = props;
  const { t } = useLingui();
  const client = useQueryClient();
  const [title, setTitle] = useState(course?.title ?? '');
  const [slug, setSlug] = useState(course?.slug ?? '');
  const [prerequisites, setPrerequisites] = useState<string[]>(course?.prerequisites ?? []);
  const [rule, setRule] = useState<Completion>(course?.completion ?? { moveOn: 'completed' });
  const name = slug === '' ? slugOf(title) : slug;
  const save = useMutation({
    mutationFn: () => saveCourse(name, { title: title.trim(), prerequisites, completion: rule }, course),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: [courseRoutes.list.path] }),
  });
  return (
    <Dialog onClose={onClose} title={course ? course.title : t`New course`}>
      <DialogForm onSubmit={() => save.mutate()}>
        <TextInput
          label={t`Title`}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          maxLength={200}
          required
          withAsterisk={false}
          data-autofocus
        />
        {!course && (
          <TextInput
            label={t`Name in links`}
            description={t`Lower-case words joined by hyphens; it stays`}
            value={name}
            onChange={(event) => setSlug(event.currentTarget.value)}
            maxLength={64}
          />
        )}
        <TagsInput
          label={t`Courses that must be completed before`}
          description={t`By their names in links; Enter takes one`}
          data={known.filter((other) => other !== course?.slug)}
          value={prerequisites}
          onChange={setPrerequisites}
          maxTags={20}
        />
        <NativeSelect
          label={t`A learner has finished who has`}
          value={rule.moveOn}
          data={[
            { value: 'completed', label: t`completed it` },
            { value: 'passed', label: t`passed it` },
            { value: 'completedAndPassed', label: t`completed and passed it` },
            { value: 'completedOrPassed', label: t`completed or passed it` },
          ]}
          onChange={(event) => setRule({ ...rule, moveOn: moveOn.parse(event.currentTarget.value) })}
        />
        <Refusal error={save.error} />
        <DialogButtons onClose={onClose}>
          <Button type="submit" variant="filled" loading={save.isPending} disabled={title.trim() === '' || name === ''}>
            {course ? <Trans>Save</Trans> : <Trans>Make the course</Trans>}
          </Button>
        </DialogButtons>
      </DialogForm>
    </Dialog>
  );
}
