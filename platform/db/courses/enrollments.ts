import { sql, type Selectable } from 'kysely';
import type { CourseRunInput } from '../../../contracts/courses/course.schema.ts';
import type { EnrollmentFacets, EnrollmentTerms } from '../../../contracts/courses/enrollment.ts';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { newId } from '../../ids.ts';
import { createRun, sendToRun } from '../runs/runs.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** An enrollment's row. */
export type EnrollmentRow = Selectable<Database['enrollment']>;

/** What a request for a place names. `details` of the course run is its `CourseRunInput`. */
export type NewEnrollment = {
  workspaceId: string;
  contactId: string;
  course: { title: string; completion: EnrollmentTerms['completion'] };
  courseRun: { id: string; title: string; details: CourseRunInput };
  /** The member who asks for it. */
  requestedBy?: string | null;
};

/**
 * Creates an enrollment with its run, and the outbox row that starts it, in the caller's transaction. The contact's row must
 * be locked: attempts are numbered. @returns null when the learner is enrolled there already
 */
export async function createEnrollment(
  tx: Tx,
  input: NewEnrollment,
): Promise<{ enrollmentId: string; runId: string } | null> {
  const { workspaceId, contactId, courseRun } = input;
  // Money that came late may have brought an earlier one than the last to life again.
  const earlier = await kysely(tx)
    .selectFrom('enrollment')
    .select(['attempt', 'ended_at'])
    .where('workspace_id', '=', workspaceId)
    .where('course_run_id', '=', courseRun.id)
    .where('contact_id', '=', contactId)
    .execute();
  if (earlier.some(({ ended_at: endedAt }) => endedAt === null)) return null;
  const attempt = Math.max(0, ...earlier.map((each) => each.attempt)) + 1;
  const enrollmentId = newId();
  const { runId } = await createRun(tx, {
    workspaceId,
    kind: 'enrollment',
    title: `${input.course.title}, ${courseRun.title}`,
    entryKey: `${courseRun.id}/${contactId}/${attempt}`,
    subjectId: enrollmentId,
    contactId,
    requestedBy: input.requestedBy ?? null,
  });
  const terms = termsOf(input);
  await kysely(tx)
    .insertInto('enrollment')
    .values({
      workspace_id: workspaceId,
      id: enrollmentId,
      course_run_id: courseRun.id,
      contact_id: contactId,
      attempt,
      run_id: runId,
      terms: JSON.stringify(terms),
    })
    .execute();
  return { enrollmentId, runId };
}

function termsOf({ course, courseRun }: NewEnrollment): EnrollmentTerms {
  const { details } = courseRun;
  return {
    courseTitle: course.title,
    runTitle: courseRun.title,
    completion: course.completion,
    priceMinor: details.priceMinor,
    currency: details.currency,
    zone: details.zone,
    startsAt: details.startsAt ?? null,
    endsAt: details.endsAt ?? null,
    // An enrollment of before was promised nothing about this, and has access.
    withdrawal: { whileDeciding: 'noAccess', ...details.withdrawal },
  };
}

/**
 * The external id of another contact with the learner's address, in any case of its letters, who has a live enrollment or a seat in the course run;
 * null where there is none.
 */
export async function sharesAddress(
  tx: Tx,
  { workspaceId, courseRunId, contactId }: { workspaceId: string; courseRunId: string; contactId: string },
): Promise<string | null> {
  const { rows } = await sql<{ external_id: string }>`
    select other.external_id from contact own join contact other on other.workspace_id = own.workspace_id and other.id <> own.id
      and lower(other.email) collate "C" = lower(own.email) collate "C"
      join enrollment e on e.workspace_id = other.workspace_id and e.contact_id = other.id and e.course_run_id = ${courseRunId}
    where own.workspace_id = ${workspaceId} and own.id = ${contactId} and (e.ended_at is null or exists (
      select from seat s where s.workspace_id = e.workspace_id and s.enrollment_id = e.id)) limit 1`.execute(
    kysely(tx),
  );
  return rows[0]?.external_id ?? null;
}

/** The run of an enrollment; undefined when the workspace has none with that id. */
export function runOfEnrollment(
  tx: Tx,
  workspaceId: string,
  enrollmentId: string,
): Promise<Pick<EnrollmentRow, 'workspace_id' | 'run_id' | 'lifecycle' | 'access' | 'ended_at'> | undefined> {
  return kysely(tx)
    .selectFrom('enrollment')
    .select(['workspace_id', 'run_id', 'lifecycle', 'access', 'ended_at'])
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', enrollmentId)
    .executeTakeFirst();
}

/** The enrollment of a run. @throws Error when the run is none's */
export function enrollmentOfRun(
  tx: Tx,
  workspaceId: string,
  runId: string,
): Promise<EnrollmentRow & { details: object }> {
  return kysely(tx)
    .selectFrom('enrollment')
    .innerJoin('course_run', (join) =>
      join
        .onRef('course_run.workspace_id', '=', 'enrollment.workspace_id')
        .onRef('course_run.id', '=', 'enrollment.course_run_id'),
    )
    .selectAll('enrollment')
    .select('course_run.details')
    .where('enrollment.workspace_id', '=', workspaceId)
    .where('enrollment.run_id', '=', runId)
    .executeTakeFirstOrThrow();
}

/** Writes the three facets as a turn left them. */
export async function writeFacets(
  tx: Tx,
  enrollment: { workspace_id: string; id: string },
  facets: EnrollmentFacets,
  outcome: string | null,
): Promise<void> {
  await sql`update enrollment set lifecycle = ${facets.lifecycle}, payment = ${facets.payment}, access = ${facets.access}, outcome = ${outcome},
      ended_at = case when ${outcome}::text is null then null else coalesce(ended_at, now()) end, rev = rev + 1
    where workspace_id = ${enrollment.workspace_id} and id = ${enrollment.id}
      and (lifecycle, payment, access, coalesce(outcome, '')) is distinct from (${facets.lifecycle}, ${facets.payment}, ${facets.access}, coalesce(${outcome}, ''))`.execute(
    kysely(tx),
  );
}

/**
 * Whether a learner whose enrollment has ended may have a seat by it again: they are still known here, and have no other enrollment in this
 * course run. The contact's row must be locked.
 */
export async function mayReturn(tx: Tx, enrollment: EnrollmentRow): Promise<boolean> {
  const { workspace_id: workspaceId, course_run_id: courseRunId, contact_id: contactId } = enrollment;
  const { rows } = await sql<{ may: boolean }>`
    select exists (select 1 from contact where workspace_id = ${workspaceId} and id = ${contactId}) and not exists (
      select 1 from enrollment where workspace_id = ${workspaceId} and course_run_id = ${courseRunId} and contact_id = ${contactId}
        and ended_at is null) as may`.execute(kysely(tx));
  return rows[0]?.may ?? false;
}

/** Takes back the end of an enrollment. Only where `mayReturn` says so, in its transaction. */
export async function reopenEnrollment(tx: Tx, enrollment: EnrollmentRow): Promise<void> {
  await kysely(tx)
    .updateTable('enrollment')
    .set({ ended_at: null, outcome: null, rev: sql`rev + 1` })
    .where('workspace_id', '=', enrollment.workspace_id)
    .where('id', '=', enrollment.id)
    .execute();
}

/** The slugs among `wanted` of which the learner has not completed any run. */
export async function missingPrerequisites(
  tx: Tx,
  enrollment: Pick<EnrollmentRow, 'workspace_id' | 'course_run_id' | 'contact_id'>,
): Promise<string[]> {
  const { rows } = await sql<{ slug: string }>`
    select wanted.slug from course_run r join course c on c.workspace_id = r.workspace_id and c.id = r.course_id
      cross join lateral unnest(c.prerequisites) with ordinality as wanted(slug, place)
    where r.workspace_id = ${enrollment.workspace_id} and r.id = ${enrollment.course_run_id} and not exists (
      select 1 from enrollment done join course_run dr on dr.workspace_id = done.workspace_id and dr.id = done.course_run_id
        join course dc on dc.workspace_id = dr.workspace_id and dc.id = dr.course_id
      where done.workspace_id = r.workspace_id and done.contact_id = ${enrollment.contact_id} and done.outcome = 'completed' and dc.slug = wanted.slug)
    order by wanted.place`.execute(kysely(tx));
  return rows.map((row) => row.slug);
}

/** Notes something for the enrollment's run; the same kind and ref counts once. @returns whether it is new */
export async function sendToEnrollment(
  tx: Tx,
  enrollment: { workspace_id: string; run_id: string },
  kind: string,
  ref: string,
  payload: JsonObject,
): Promise<boolean> {
  return sendToRun(tx, { workspaceId: enrollment.workspace_id, runId: enrollment.run_id, kind, ref, payload });
}
