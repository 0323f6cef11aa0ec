import { isDeepStrictEqual } from 'node:util';
import { sql, type Selectable } from 'kysely';
import type { CourseInput, CourseRunInput, WithdrawalPolicy } from '../../../contracts/courses/course.schema.ts';
import { areSameDates, datesOf, type Dates } from '../../../domain/courses/dates/dates.ts';
import { isReached } from '../../../domain/time/time.ts';
import { reportMovedDates } from './moved-dates.ts';
import { lockCourseRun, offerFreeSeats, type CourseRunRow } from './seats.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A course's row. */
export type CourseRow = Selectable<Database['course']>;

/** A course run's row with its course's slug and the length of its queue. */
export type CourseRunWithQueue = Selectable<Database['course_run']> & {
  course_slug: string;
  course_title: string;
  waiting: number;
  by_lifecycle: Record<string, number>;
  open: number;
  refund_due: number;
  paid: number;
};

/** A course with its runs as the list shows them. */
export type CourseWithRuns = CourseRow & { runs: ListedRunOfCourse[] };
type ListedRunOfCourse = {
  slug: string;
  title: string;
  startsAt: string | null;
  capacity: number;
  held: number;
  confirmed: number;
  waiting: number;
};

/** A page of courses, newest first, below `before`; one more than `limit` shows that there is a next page. */
export async function listCourses(
  tx: Tx,
  page: { workspaceId: string; before: string | null; limit: number },
): Promise<CourseWithRuns[]> {
  const { rows } = await sql<CourseWithRuns>`
    select c.*, coalesce((select jsonb_agg(jsonb_build_object('slug', r.slug, 'title', r.title, 'startsAt', r.details ->> 'startsAt',
        'capacity', r.capacity, 'held', r.held, 'confirmed', r.confirmed, 'waiting', (select count(*) from waitlist_entry w
          where w.workspace_id = r.workspace_id and w.course_run_id = r.id)) order by r.id desc)
      from course_run r where r.workspace_id = c.workspace_id and r.course_id = c.id), '[]') as runs
    from course c where c.workspace_id = ${page.workspaceId} ${page.before === null ? sql`` : sql`and c.id < ${page.before}`}
    order by c.id desc limit ${sql.lit(page.limit + 1)}`.execute(kysely(tx));
  return rows;
}

/** Creates a course or changes it. Enrollments that exist keep the terms they were made under. */
export function putCourse(tx: Tx, workspaceId: string, slug: string, input: CourseInput): Promise<CourseRow> {
  const values = {
    title: input.title,
    prerequisites: input.prerequisites,
    completion: JSON.stringify(input.completion),
  };
  return kysely(tx)
    .insertInto('course')
    .values({ workspace_id: workspaceId, slug, ...values })
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'slug']).doUpdateSet({ ...values, rev: sql`course.rev + 1` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Why a prerequisite cannot be one: the course itself, one that needs this course first, or one that is not there. */
export type PrerequisiteFault = { slug: string; fault: 'own' | 'circle' | 'unknown' };

/** What is wrong with the prerequisites that a course is to have. With such a one nobody could ever enroll. */
export async function prerequisiteFaults(
  tx: Tx,
  workspaceId: string,
  slug: string,
  prerequisites: readonly string[],
): Promise<PrerequisiteFault[]> {
  const { rows } = await sql<PrerequisiteFault>`
    with recursive needed as (
      select wanted as first, wanted as slug from unnest(${prerequisites}::text[]) as wanted
      union
      select needed.first, more.slug from needed join course c on c.workspace_id = ${workspaceId} and c.slug = needed.slug
        cross join lateral unnest(c.prerequisites) as more(slug))
    select wanted.slug, case when wanted.slug = ${slug} then 'own' when exists (select from needed where first = wanted.slug and slug = ${slug}) then 'circle'
      else 'unknown' end as fault
    from unnest(${prerequisites}::text[]) with ordinality as wanted(slug, place)
    where exists (select from needed where first = wanted.slug and slug = ${slug})
      or not exists (select from course c where c.workspace_id = ${workspaceId} and c.slug = wanted.slug)
    order by wanted.place`.execute(kysely(tx));
  return rows;
}

/** The course with this slug. */
export function findCourse(tx: Tx, workspaceId: string, slug: string): Promise<CourseRow | undefined> {
  return kysely(tx)
    .selectFrom('course')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('slug', '=', slug)
    .executeTakeFirst();
}

/**
 * Creates a course run or changes it; seats that a larger capacity brings are offered to the queue at once, and moved dates are sent to all of its
 * live enrollments.
 * @returns null when the capacity would be below the seats that are taken
 * @throws PolicyVersionError where the refund policy differs and its version has not risen, PastDateError where its start or its end moves to one long past
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
  const made = await kysely(tx)
    .insertInto('course_run')
    .values({ workspace_id: course.workspace_id, course_id: course.id, slug, ...values })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'course_id', 'slug']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) return made.id;
  const { id } = await kysely(tx)
    .selectFrom('course_run')
    .select('id')
    .where('workspace_id', '=', course.workspace_id)
    .where('course_id', '=', course.id)
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  const run = await lockCourseRun(tx, course.workspace_id, id);
  if (run.held + run.confirmed > input.capacity + run.overbook) return null;
  requireNewVersion((run.details as CourseRunInput).withdrawal, input.withdrawal);
  const before = datesOf(run.details as CourseRunInput);
  await requirePresentDates(tx, run, { before, after: datesOf(input) });
  await kysely(tx)
    .updateTable('course_run')
    .set({ ...values, rev: sql`rev + 1` })
    .where('workspace_id', '=', course.workspace_id)
    .where('id', '=', id)
    .execute();
  if (!areSameDates(before, datesOf(input))) await reportMovedDates(tx, run, before);
  await offerFreeSeats(tx, { ...run, capacity: input.capacity, details: input });
  return id;
}

/** A refund policy was changed under a version that stands for another one; `version` is the one that it must rise above. */
export class PolicyVersionError extends Error {
  readonly version: number;

  constructor(version: number) {
    super(`The refund policy differs from version ${version}`);
    this.version = version;
  }
}

/** Quotes name the version, so one version is one text. */
function requireNewVersion(before: WithdrawalPolicy, after: WithdrawalPolicy): void {
  if (after.version <= before.version && !isDeepStrictEqual(before, after))
    throw new PolicyVersionError(before.version);
}

/** A date of a course run was moved to one that is long past while learners are in it. */
export class PastDateError extends Error {
  readonly date: keyof Dates;

  constructor(date: keyof Dates) {
    super(`${date} of the course run is long past`);
    this.date = date;
  }
}

const dayMs = 86_400_000;

/**
 * A moved end that has passed ends all enrollments at once, and a moved start that has passed closes the queue and moves the refunds that are
 * counted from it. Nothing takes that back, and one of more than a day ago is a typing error.
 */
async function requirePresentDates(
  tx: Tx,
  run: CourseRunRow & { now: Date },
  { before, after }: { before: Dates; after: Dates },
): Promise<void> {
  const aDayAgo = new Date(run.now.getTime() - dayMs).toISOString();
  const isPast = (instant: string | null): boolean => instant !== null && isReached(instant, aDayAgo);
  const isStart = before.startsAt !== null && !isPast(before.startsAt) && isPast(after.startsAt);
  const isEnd = !isPast(before.endsAt) && isPast(after.endsAt);
  if (!isStart && !isEnd) return;
  const live = await kysely(tx)
    .selectFrom('enrollment')
    .select('id')
    .where('workspace_id', '=', run.workspace_id)
    .where('course_run_id', '=', run.id)
    .where('ended_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (live) throw new PastDateError(isEnd ? 'endsAt' : 'startsAt');
}

/** The course run with these slugs. */
export async function findCourseRun(
  tx: Tx,
  workspaceId: string,
  slug: string,
  runSlug: string,
): Promise<CourseRunWithQueue | undefined> {
  const { rows } = await sql<CourseRunWithQueue>`
    select r.*, c.slug as course_slug, c.title as course_title, (select count(*)::int from waitlist_entry w where w.workspace_id = r.workspace_id and w.course_run_id = r.id) as waiting,
      coalesce((select jsonb_object_agg(lifecycle, n) from (select lifecycle, count(*) as n from enrollment e
        where e.workspace_id = r.workspace_id and e.course_run_id = r.id group by 1) counted), '{}') as by_lifecycle,
      (select count(*)::int from enrollment e where e.workspace_id = r.workspace_id and e.course_run_id = r.id and e.ended_at is null) as open,
      (select count(*)::int from enrollment e where e.workspace_id = r.workspace_id and e.course_run_id = r.id and e.payment = 'refundDue') as refund_due,
      (select count(*)::int from enrollment e where e.workspace_id = r.workspace_id and e.course_run_id = r.id and e.payment = 'paid') as paid
    from course_run r join course c on c.workspace_id = r.workspace_id and c.id = r.course_id
    where r.workspace_id = ${workspaceId} and c.slug = ${slug} and r.slug = ${runSlug}`.execute(kysely(tx));
  return rows[0];
}
