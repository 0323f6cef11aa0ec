import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { coursesQuery } from '../../api/courses.ts';
import { moreOf } from '../../api/http/pages.ts';
import { Failed } from '../../entities/answer/failed.tsx';
import classes from '../../features/courses/courses.module.css';
import { Page } from '../../frame/page.tsx';
import { BarLegend, SegmentedBar } from '../../ui/bar.tsx';
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
  return (
    <Page name={t`Courses`}>
      {isPending && <Loading />}
      {error && !data && <Failed error={error} onRetry={() => void refetch()} />}
      {data && courses.length === 0 && (
        <Empty
          title={<Trans>No courses yet</Trans>}
          actions={
            <a href="/docs" className="link">
              <Trans>Open the API’s pages</Trans>
            </a>
          }
        >
          <Trans>
            A course and its runs are made through the API: PUT /v1/courses/sql, then PUT /v1/courses/sql/runs/autumn.
            The folder examples/courses has both as files.
          </Trans>
        </Empty>
      )}
      <div className={classes.list}>
        <VirtualList items={courses} keyOf={({ id }) => id} height={courseHeight} more={moreOf(list)}>
          {(course) => (
            <div className={classes.course}>
              <Panel title={course.title} note={<code className="mono">{course.slug}</code>}>
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
    </Page>
  );
}
