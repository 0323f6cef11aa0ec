import { sql, type Selectable } from 'kysely';
import type { CourseRunInput } from '../../../contracts/courses/course.schema.ts';
import type { SeatAnswer, SeatPurpose } from '../../../contracts/courses/enrollment.ts';
import { datesOf, isOver, seatEndsAt } from '../../../domain/courses/dates/dates.ts';
import {
  decideSeat,
  freeSeats,
  inOrder,
  type Place,
  type SeatFacts,
  type Waiting,
} from '../../../domain/courses/seats.ts';
import { newId } from '../../ids.ts';
import { missingPrerequisites } from './enrollments.ts';
import { sendToRun } from '../runs/runs.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A course run's row. */
export type CourseRunRow = Selectable<Database['course_run']>;

/** One enrollment's dealings with the seats of its course run. */
export type SeatRequest = { workspaceId: string; courseRunId: string; enrollmentId: string; learnerId: string };

/**
 * Locks a course run: every path to its seats goes through this lock, an admin's included. It comes last in the lock order
 * (AGENTS.md). @throws Error when the workspace has no such course run
 */
export function lockCourseRun(tx: Tx, workspaceId: string, courseRunId: string): Promise<CourseRunRow & { now: Date }> {
  return kysely(tx)
    .selectFrom('course_run')
    .selectAll()
    .select(sql<Date>`clock_timestamp()`.as('now'))
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', courseRunId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** Gives the enrollment a seat, a place in the queue, or nothing, by the rules of `decideSeat`. Asking again changes nothing. */
export async function takeSeat(
  tx: Tx,
  request: SeatRequest & { purpose: SeatPurpose; at?: string | undefined },
): Promise<SeatAnswer> {
  const run = await lockCourseRun(tx, request.workspaceId, request.courseRunId);
  const facts = await seatFacts(tx, run);
  const now = run.now.toISOString();
  const details = run.details as CourseRunInput;
  const dates = datesOf(details);
  const expiresAt = seatEndsAt(dates, now, details.holdFor);
  const own = facts.places.find((place) => place.enrollmentId === request.enrollmentId);
  const { enrollmentId, learnerId, purpose } = request;
  switch (decideSeat(facts, { enrollmentId, learnerId, purpose, now: request.at ?? now, isOver: isOver(dates, now) })) {
    case 'hold':
      await hold(tx, request, own, expiresAt);
      return { seat: 'held', expiresAt };
    case 'takeOver':
      await takeOver(tx, request, facts, expiresAt);
      return { seat: 'held', expiresAt };
    case 'wait': {
      const { workspaceId, courseRunId } = request;
      await kysely(tx)
        .insertInto('waitlist_entry')
        .values({ workspace_id: workspaceId, course_run_id: courseRunId, enrollment_id: enrollmentId })
        .execute();
      return { seat: 'waitlisted', position: facts.queue.length + 1 };
    }
    case 'keep':
      if (own) return { seat: 'held', expiresAt: own.expiresAt ?? expiresAt };
      // While its run was stopped nothing was offered to it, and nobody else may have waited.
      await offerFreeSeats(tx, run);
      return {
        seat: 'waitlisted',
        position: facts.queue.findIndex((entry) => entry.enrollmentId === enrollmentId) + 1,
      };
    case 'full':
      return { seat: 'full' };
    case 'lost':
      return { seat: 'lost' };
  }
}

async function hold(tx: Tx, request: SeatRequest, own: Place | undefined, expiresAt: string): Promise<void> {
  const { workspaceId, courseRunId, enrollmentId } = request;
  if (own) {
    await kysely(tx)
      .updateTable('seat')
      .set({ kind: 'hold', expires_at: expiresAt })
      .where('workspace_id', '=', workspaceId)
      .where('enrollment_id', '=', enrollmentId)
      .execute();
    return;
  }
  await kysely(tx)
    .insertInto('seat')
    .values({
      workspace_id: workspaceId,
      course_run_id: courseRunId,
      enrollment_id: enrollmentId,
      kind: 'hold',
      expires_at: expiresAt,
    })
    .execute();
  await count(tx, request, { held: 1, confirmed: 0 });
}

/** Makes the seat of an earlier enrollment of the learner, which has ended, the hold of this one. */
async function takeOver(tx: Tx, request: SeatRequest, { places }: SeatFacts, expiresAt: string): Promise<void> {
  const earlier = places.find(({ learnerId }) => learnerId === request.learnerId);
  await kysely(tx)
    .updateTable('seat')
    .set({ enrollment_id: request.enrollmentId, kind: 'hold', expires_at: expiresAt })
    .where('workspace_id', '=', request.workspaceId)
    .where('enrollment_id', '=', earlier?.enrollmentId ?? '')
    .execute();
  if (earlier?.kind === 'confirmed') await count(tx, request, { held: 1, confirmed: -1 });
}

/** Moves the end of the enrollment's hold. @returns whether there is one */
export async function keepSeat(tx: Tx, request: SeatRequest, until: string): Promise<boolean> {
  await lockCourseRun(tx, request.workspaceId, request.courseRunId);
  const { numUpdatedRows } = await kysely(tx)
    .updateTable('seat')
    .set({ expires_at: until })
    .where('workspace_id', '=', request.workspaceId)
    .where('enrollment_id', '=', request.enrollmentId)
    .where('kind', '=', 'hold')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Turns the enrollment's hold into a seat for good. `lost` when it has none any more; repeating it changes nothing. */
export async function confirmSeat(tx: Tx, request: SeatRequest): Promise<'confirmed' | 'lost'> {
  const run = await lockCourseRun(tx, request.workspaceId, request.courseRunId);
  const seat = await ownSeat(tx, request);
  if (!seat || seat.kind === 'offer') return 'lost';
  if (seat.kind === 'confirmed') return 'confirmed';
  await kysely(tx)
    .updateTable('seat')
    .set({ kind: 'confirmed', expires_at: null })
    .where('workspace_id', '=', run.workspace_id)
    .where('enrollment_id', '=', request.enrollmentId)
    .execute();
  await count(tx, request, { held: -1, confirmed: 1 });
  return 'confirmed';
}

/**
 * Releases the enrollment's seat, offer or place in the queue, and offers what became free to the queue's head in the same
 * transaction. @returns whether there was anything to release
 */
export async function releaseSeat(tx: Tx, request: SeatRequest): Promise<boolean> {
  const run = await lockCourseRun(tx, request.workspaceId, request.courseRunId);
  const seat = await ownSeat(tx, request);
  const hasLeft = await leaveQueue(tx, request);
  if (!seat) return hasLeft;
  await kysely(tx)
    .deleteFrom('seat')
    .where('workspace_id', '=', request.workspaceId)
    .where('enrollment_id', '=', request.enrollmentId)
    .execute();
  const freed = seat.kind === 'confirmed' ? { held: 0, confirmed: -1 } : { held: -1, confirmed: 0 };
  await count(tx, request, freed);
  await offerFreeSeats(tx, { ...run, held: run.held + freed.held, confirmed: run.confirmed + freed.confirmed });
  return true;
}

/**
 * Offers every free seat of a locked course run to the queue, its head first; each offer takes a seat and sends a message
 * to its run. One that has ended offers none. Prerequisites may have changed since the request: who lacks one leaves the queue, and their run is
 * sent which.
 */
export async function offerFreeSeats(tx: Tx, run: CourseRunRow & { now: Date }): Promise<void> {
  let free = freeSeats(run);
  const details = run.details as CourseRunInput;
  const [now, dates] = [run.now.toISOString(), datesOf(details)];
  if (free === 0 || isOver(dates, now)) return;
  const expiresAt = seatEndsAt(dates, now, details.offerFor);
  const { workspace_id: workspaceId, id: courseRunId } = run;
  for (const { enrollmentId, learnerId, runId } of await queueOf(tx, run)) {
    if (free === 0) return;
    await leaveQueue(tx, { workspaceId, enrollmentId });
    const learner = { workspace_id: workspaceId, course_run_id: courseRunId, contact_id: learnerId };
    const missing = await missingPrerequisites(tx, learner);
    if (missing.length > 0) {
      await sendToRun(tx, { workspaceId, runId, kind: 'ineligible', ref: newId(), payload: { missing } });
      continue;
    }
    free -= 1;
    await kysely(tx)
      .insertInto('seat')
      .values({
        workspace_id: workspaceId,
        course_run_id: courseRunId,
        enrollment_id: enrollmentId,
        kind: 'offer',
        expires_at: expiresAt,
      })
      .execute();
    await count(tx, { workspaceId, courseRunId }, { held: 1, confirmed: 0 });
    await sendToRun(tx, { workspaceId, runId, kind: 'seatOffered', ref: newId(), payload: { expiresAt } });
  }
}

/** The seats of a course run as the rules and the audit of its invariants look at them. */
export async function seatFacts(tx: Tx, run: CourseRunRow): Promise<SeatFacts> {
  const places = await sql<Place>`
    select s.enrollment_id as "enrollmentId", e.contact_id as "learnerId", s.kind, to_char(s.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "expiresAt"
    from seat s join enrollment e on e.workspace_id = s.workspace_id and e.id = s.enrollment_id
    where s.workspace_id = ${run.workspace_id} and s.course_run_id = ${run.id}`.execute(kysely(tx));
  const { capacity, overbook, held, confirmed } = run;
  return {
    capacity,
    overbook,
    held,
    confirmed,
    waitlistCapacity: run.waitlist_capacity,
    places: places.rows,
    queue: await queueOf(tx, run),
  };
}

/**
 * Those who wait for a seat of a course run, in the order in which they are offered one, each with its run. One whose run was terminated keeps
 * its place, and is passed over until it is taken up: an offer would be read by nobody, and stand in the way of all behind it.
 */
async function queueOf(tx: Tx, run: CourseRunRow): Promise<(Waiting & { runId: string })[]> {
  const { rows } = await sql<Waiting & { runId: string }>`
    select w.enrollment_id as "enrollmentId", e.contact_id as "learnerId", e.run_id as "runId", w.seq::int, w.priority
    from waitlist_entry w join enrollment e on e.workspace_id = w.workspace_id and e.id = w.enrollment_id
      join run r on r.workspace_id = e.workspace_id and r.id = e.run_id and r.ended_at is null
    where w.workspace_id = ${run.workspace_id} and w.course_run_id = ${run.id}`.execute(kysely(tx));
  return inOrder(rows);
}

/** @returns whether the enrollment was in the queue */
async function leaveQueue(tx: Tx, of: Pick<SeatRequest, 'workspaceId' | 'enrollmentId'>): Promise<boolean> {
  const { numDeletedRows } = await kysely(tx)
    .deleteFrom('waitlist_entry')
    .where('workspace_id', '=', of.workspaceId)
    .where('enrollment_id', '=', of.enrollmentId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

async function ownSeat(tx: Tx, request: SeatRequest): Promise<{ kind: string } | undefined> {
  return kysely(tx)
    .selectFrom('seat')
    .select('kind')
    .where('workspace_id', '=', request.workspaceId)
    .where('enrollment_id', '=', request.enrollmentId)
    .executeTakeFirst();
}

/** Moves the counters; the table's own constraint refuses a seat too many, whatever led here. */
async function count(
  tx: Tx,
  of: { workspaceId: string; courseRunId: string },
  by: { held: number; confirmed: number },
): Promise<void> {
  await sql`update course_run set held = held + ${by.held}, confirmed = confirmed + ${by.confirmed}, rev = rev + 1
    where workspace_id = ${of.workspaceId} and id = ${of.courseRunId}`.execute(kysely(tx));
}
