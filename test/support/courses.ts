import { sql } from 'kysely';
import type { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { createEnrollment } from '../../platform/db/courses/enrollments.ts';
import { lockCourseRun, seatFacts } from '../../platform/db/courses/seats.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { newId } from '../../platform/ids.ts';
import { seatProblems } from '../../domain/courses/seats.ts';
import type { TestDatabase } from './database.ts';
import { enrollmentTerms } from './enrollment-terms.ts';

/** A course run as tests make it: minutes where life takes days, so that none run out on a slow machine. */
export const shortRun: CourseRunInput = {
  title: 'Autumn',
  capacity: 1,
  waitlistCapacity: 10,
  priceMinor: 12_000,
  currency: 'EUR',
  holdFor: 'PT10M',
  offerFor: 'PT10M',
  zone: 'UTC',
  withdrawal: enrollmentTerms.withdrawal,
};

/** Makes a course with one run. */
export async function makeCourseRun(database: TestDatabase, details: Partial<CourseRunInput> = {}): Promise<string> {
  const { workspaceId } = database;
  const [courseId, id, run] = [newId(), newId(), { ...shortRun, ...details }];
  await inWorkspace(database.app, workspaceId, async (tx) => {
    await kysely(tx)
      .insertInto('course')
      .values({
        workspace_id: workspaceId,
        id: courseId,
        slug: `c-${courseId}`,
        title: 'SQL',
        prerequisites: [],
        completion: JSON.stringify({ moveOn: 'completed' }),
      })
      .execute();
    await kysely(tx)
      .insertInto('course_run')
      .values({
        workspace_id: workspaceId,
        id,
        course_id: courseId,
        slug: 'autumn',
        title: run.title,
        capacity: run.capacity,
        waitlist_capacity: run.waitlistCapacity,
        details: JSON.stringify(run),
      })
      .execute();
  });
  return id;
}

/** Enrolls a new learner. */
export async function enroll(
  database: TestDatabase,
  courseRunId: string,
  details: Partial<CourseRunInput> = {},
): Promise<{ enrollmentId: string; runId: string; contactId: string; email: string }> {
  const { workspaceId } = database;
  const contactId = newId();
  const email = `${contactId}@example.com`;
  const made = await inWorkspace(database.app, workspaceId, async (tx) => {
    await kysely(tx)
      .insertInto('contact')
      .values({ workspace_id: workspaceId, id: contactId, external_id: contactId, email })
      .execute();
    return createEnrollment(tx, {
      workspaceId,
      contactId,
      course: { title: 'SQL', completion: { moveOn: 'completed' } },
      courseRun: { id: courseRunId, title: 'Autumn', details: { ...shortRun, ...details } },
    });
  });
  if (!made) throw new Error('enrolled already');
  return { ...made, contactId, email };
}

/** What is wrong with the seats of a course run now; holds may end `graceMs` late. */
export function seatFaults(database: TestDatabase, courseRunId: string, graceMs = 5_000): Promise<string[]> {
  return inWorkspace(database.app, database.workspaceId, async (tx) => {
    // What works on its seats meanwhile may be slow.
    await sql`set local lock_timeout = 0`.execute(kysely(tx));
    await sql`set local statement_timeout = 0`.execute(kysely(tx));
    const run = await lockCourseRun(tx, database.workspaceId, courseRunId);
    return seatProblems(await seatFacts(tx, run), { now: run.now.toISOString(), graceMs });
  });
}
