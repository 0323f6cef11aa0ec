import { sql, type Selectable } from 'kysely';
import { Duration } from 'luxon';
import type { CourseInput, CourseRunInput } from '../../contracts/course.ts';
import { lockCourseRun, offerFreeSeats } from './seats.ts';
import type { Database } from './tables.ts';
import type { Tx } from './workspace.ts';

/** A course's row. */
export type CourseRow = Selectable<Database['course']>;

/** A course run's row with its course's slug and the length of its queue. */
export type CourseRunWithQueue = Selectable<Database['course_run']> & { course_slug: string; waiting: number };

/** Creates a course or changes it. Enrollments that exist keep the terms they were made under. */
export function putCourse(tx: Tx, workspaceId: string, slug: string, input: CourseInput): Promise<CourseRow> {
  const values = {
    title: input.title,
    prerequisites: input.prerequisites,
    completion: JSON.stringify(input.completion),
  };
  return tx
    .insertInto('course')
    .values({ workspace_id: workspaceId, slug, ...values })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'slug']).doUpdateSet({ ...values, rev: sql`course.rev + 1` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The course with this slug. */
export function findCourse(tx: Tx, workspaceId: string, slug: string): Promise<CourseRow | undefined> {
  return tx
    .selectFrom('course')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('slug', '=', slug)
    .executeTakeFirst();
}

/**
 * Creates a course run or changes it; seats that a larger capacity brings are offered to the queue at once.
 * @returns null when the capacity would be below the seats that are taken
 */
export async function putCourseRun(
  tx: Tx,
  course: CourseRow,
  slug: string,
  input: CourseRunInput,
): Promise<string | null> {
  const values = {
    title: input.title,
    capacity: input.capacity,
    waitlist_capacity: input.waitlistCapacity,
    details: JSON.stringify(input),
  };
  const made = await tx
    .insertInto('course_run')
    .values({ workspace_id: course.workspace_id, course_id: course.id, slug, ...values })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'course_id', 'slug']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) return made.id;
  const { id } = await tx
    .selectFrom('course_run')
    .select('id')
    .where('workspace_id', '=', course.workspace_id)
    .where('course_id', '=', course.id)
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  const run = await lockCourseRun(tx, course.workspace_id, id);
  if (run.held + run.confirmed > input.capacity + run.overbook) return null;
  await tx
    .updateTable('course_run')
    .set({ ...values, rev: sql`rev + 1` })
    .where('workspace_id', '=', course.workspace_id)
    .where('id', '=', id)
    .execute();
  await offerFreeSeats(
    tx,
    { ...run, capacity: input.capacity },
    { offerMs: Duration.fromISO(input.offerFor).toMillis() },
  );
  return id;
}

/** The course run with these slugs. */
export async function findCourseRun(
  tx: Tx,
  workspaceId: string,
  slug: string,
  runSlug: string,
): Promise<CourseRunWithQueue | undefined> {
  const { rows } = await sql<CourseRunWithQueue>`
    select r.*, c.slug as course_slug, (select count(*)::int from waitlist_entry w where w.workspace_id = r.workspace_id and w.course_run_id = r.id) as waiting
    from course_run r join course c on c.workspace_id = r.workspace_id and c.id = r.course_id
    where r.workspace_id = ${workspaceId} and c.slug = ${slug} and r.slug = ${runSlug}`.execute(tx);
  return rows[0];
}
