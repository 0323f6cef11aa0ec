import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Course } from '../../../../contracts/courses/courses-api.schema.ts';
import { coursesQuery } from '../../api/courses.ts';
import { moreOf } from '../../api/http/pages.ts';
import { useCan } from '../../api/session.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import classes from '../../features/courses/courses.module.css';
import { CourseDialog } from '../../features/courses/edit/course-dialog.tsx';
import editing from '../../features/courses/edit/edit.module.css';
import { useOfferActions } from '../../frame/page-actions.tsx';
import { Page } from '../../frame/page.tsx';
import { BarLegend, SegmentedBar } from '../../ui/bar.tsx';
import { Icon } from '../../ui/icons.tsx';
import { LinkButton } from '../../ui/links/link-button.tsx';
import { Panel, PanelBody } from '../../ui/panel.tsx';
import { Empty, Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { VirtualList } from '../../ui/virtual/virtual-list.tsx';

/** A course with one run is about as high, in px. */
const courseHeight = 160;

/** Courses and their runs: how full, who waits. */
export function CoursesPage() {
  const { t } = useLingui();
  const list = useInfiniteQuery(coursesQuery);
  const { data, error, isPending, refetch } = list;
  const courses = data?.pages.flatMap(({ items }) => items) ?? [];
  const mayWrite = useCan('courses:write');
  // A course that is edited, or a new one.
  const [edited, setEdited] = useState<Course | 'new' | null>(null);
  const make = (): void => setEdited('new');
  useOfferActions(mayWrite ? [{ id: 'new', label: t`New course`, icon: 'plus', run: make }] : []);
  const newCourse = mayWrite && (
    <Button variant="filled" leftSection={<Icon name="plus" size={14} />} onClick={make}>
      <Trans>New course</Trans>
    </Button>
  );
  return (
    <Page name={t`Courses`} actions={courses.length > 0 && newCourse}>
      {isPending && <Loading />}
      {error && !data && <Failed error={error} onRetry={() => void refetch()} />}
      {data && courses.length === 0 && (
        <Empty title={<Trans>No courses yet</Trans>} actions={newCourse}>
          <Trans>
            A course has runs: each with its seats, a price, a queue and the terms of a withdrawal. What is made through
            the API or the command line stands here too.
          </Trans>
        </Empty>
      )}
      <div className={classes.list}>
        <VirtualList items={courses} keyOf={({ id }) => id} height={courseHeight} more={moreOf(list)}>
          {(course) => (
            <div className={classes.course}>
              <Panel
                title={course.title}
                note={<code className="mono">{course.slug}</code>}
                end={mayWrite && <CourseTools course={course} onEdit={() => setEdited(course)} />}
              >
                {course.runs.length === 0 && (
                  <PanelBody>
                    <p className="small text2">
                      <Trans>No run yet.</Trans>
                    </p>
                  </PanelBody>
                )}
                <ul className={classes.runs}>
                  {course.runs.map((run) => {
                    const { capacity, confirmed, held, waiting } = run;
                    const parts = [
                      { key: 'confirmed', tone: 'done' as const, count: confirmed, label: t`confirmed` },
                      { key: 'held', tone: 'waiting' as const, count: held, label: t`held or offered` },
                      {
                        key: 'free',
                        tone: 'rest' as const,
                        count: Math.max(0, capacity - confirmed - held),
                        label: t`free`,
                      },
                    ];
                    return (
                      <li key={run.slug}>
                        <Link to="/courses/$slug/$runSlug" params={{ slug: course.slug, runSlug: run.slug }}>
                          <span className="medium">{run.title}</span>
                          <span className="small text2">
                            {run.startsAt ? (
                              <Trans>
                                starts <Time at={run.startsAt} />
                              </Trans>
                            ) : (
                              <Trans>starts at once</Trans>
                            )}
                          </span>
                          <span>
                            <SegmentedBar parts={parts} />
                            <BarLegend parts={parts} />
                          </span>
                          <span className="small text2 num">
                            <Trans>{waiting} in the queue</Trans>
                          </span>
                        </Link>
                      </li>
                    );
                  })}
                </ul>
              </Panel>
            </div>
          )}
        </VirtualList>
        {list.isFetchNextPageError && <Failed error={error} onRetry={() => void list.fetchNextPage()} />}
      </div>
      {edited && (
        <CourseDialog
          course={edited === 'new' ? null : edited}
          known={courses.map(({ slug }) => slug)}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

function CourseTools({ course: { slug, title }, onEdit }: { course: Course; onEdit: () => void }) {
  const { t } = useLingui();
  return (
    <span className={editing.tools}>
      <Button size="xs" onClick={onEdit} aria-label={t`Edit ${title}`}>
        <Trans>Edit</Trans>
      </Button>
      <LinkButton size="xs" to="/courses/$slug/runs/new" params={{ slug }} aria-label={t`New run of ${title}`}>
        <Trans>New run</Trans>
      </LinkButton>
    </span>
  );
}
