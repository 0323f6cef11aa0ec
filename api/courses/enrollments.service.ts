import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RunTrouble } from '../../contracts/runs/runs-api.schema.ts';
import {
  type Accepted,
  Attention,
  type Enrollment,
  type EnrollmentsQuery,
  type MoreTimeAnswer,
} from '../../contracts/courses/enrollments-api.schema.ts';
import type { Completion, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type {
  EnrollmentRequest,
  MoreTime,
  OfferAnswer,
  WithdrawRequest,
} from '../../contracts/courses/enrollment.schema.ts';
import { datesOf, isOver } from '../../domain/courses/dates/dates.ts';
import { lockContact } from '../../platform/db/contacts/contacts.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findCourse, findCourseRun } from '../../platform/db/courses/courses.ts';
import {
  enrollmentKey,
  isStopped,
  listEnrollments,
  type EnrollmentView,
} from '../../platform/db/views/enrollments-list.ts';
import { createEnrollment, missingPrerequisites, sharesAddress } from '../../platform/db/courses/enrollments.ts';
import { lockCourseRun, takeSeat, type SeatRequest } from '../../platform/db/courses/seats.ts';
import { enqueueMessage } from '../../platform/db/runs/runs.ts';
import { databaseNow } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { AppError, conflict, notFound } from '../http/errors/app-error.ts';
import { fromDatabase } from '../http/errors/database-errors.ts';
import { decodeCursor, pageBy, type Page } from '../http/request/paging.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';
import { endOf, giveMoreTime, mayHaveMoreTime } from './give-more-time.ts';
import { enrollmentView, sendAnswer, type LearnerMessage } from './send-answer.ts';

/** What a cursor of each order holds. */
const cursorOf = {
  newest: z.tuple([z.uuid()]),
  place: z.tuple([z.int(), z.string().regex(/^\d{1,18}$/)]),
  ending: z.tuple([z.iso.datetime(), z.uuid()]),
};

/** Enrollments: asked for and answered here, decided by their runs. */
@Injectable()
export class EnrollmentsService {
  constructor(private readonly store: Store) {}

  async request(caller: Principal, input: EnrollmentRequest): Promise<Enrollment> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      // Attempts are numbered one after the other.
      const contactId = (await lockContact(tx, workspaceId, input.contact))?.id;
      if (contactId === undefined) throw notFound('contact');
      const course = await findCourse(tx, workspaceId, input.course);
      const courseRun = await findCourseRun(tx, workspaceId, input.course, input.run);
      if (!course || !courseRun) throw notFound('courseRun');
      const dates = datesOf(courseRun.details as CourseRunInput);
      if (isOver(dates, (await databaseNow(tx)).toISOString()))
        throw conflict('courseRun.ended', `This course run ended at ${dates.endsAt ?? ''}; it takes nobody any more`);
      if (!input.allowSameAddress) await refuseSameAddress(tx, { workspaceId, courseRunId: courseRun.id, contactId });
      const made = await createEnrollment(tx, {
        workspaceId,
        contactId,
        course: { title: course.title, completion: course.completion as Completion },
        courseRun: { id: courseRun.id, title: courseRun.title, details: courseRun.details as CourseRunInput },
        requestedBy: requesterOf(caller),
      });
      if (!made) throw conflict('enrollment.exists', 'This contact is enrolled there already');
      await seatAtOnce(tx, { workspaceId, courseRunId: courseRun.id, learnerId: contactId, ...made });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: 'enrollment.requested',
        subject: { kind: 'enrollment', id: made.enrollmentId },
      });
      return enrollmentOf(await enrollmentView(tx, workspaceId, made.enrollmentId), caller);
    });
  }

  async list(caller: Principal, query: EnrollmentsQuery): Promise<Page<Enrollment>> {
    const { limit, cursor, course, run, contact, lifecycle, payment, q, open, attention, order = 'newest' } = query;
    const filter = {
      workspaceId: caller.workspaceId,
      limit,
      order,
      after: cursor === undefined ? null : decodeCursor(cursor, cursorOf[order]),
      ...defined({ course, run, contact, lifecycle, payment, q }),
      ...(open === undefined ? {} : { open }),
      ...(attention === undefined ? {} : { attention }),
    };
    const rows = await this.store.inWorkspace(caller, (tx) => listEnrollments(tx, filter));
    const keyOf = (row: EnrollmentView) => enrollmentKey(row, order);
    return pageBy(rows, limit, keyOf, (row) => enrollmentOf(row, caller));
  }

  async get(caller: Principal, id: string): Promise<Enrollment> {
    return enrollmentOf(
      await this.store.inWorkspace(caller, (tx) => enrollmentView(tx, caller.workspaceId, id)),
      caller,
    );
  }

  /** Each enrollment in a transaction of its own: one that is refused, or that another one holds now, keeps it from no other. */
  async moreTime(caller: Principal, input: MoreTime): Promise<MoreTimeAnswer> {
    const until = endOf(input, new Date());
    const answer: MoreTimeAnswer = { given: [], refused: [] };
    for (const id of new Set(input.ids)) {
      try {
        const more = { until, reason: input.reason, audit: auditActor(caller) };
        await this.store.inWorkspace(caller, (tx) => giveMoreTime(tx, id, more));
        answer.given.push(id);
      } catch (error) {
        const refusal = refusalOf(error);
        if (!refusal) throw error;
        answer.refused.push({ id, code: refusal.code, message: refusal.message });
      }
    }
    return answer;
  }

  answer(caller: Principal, id: string, payload: OfferAnswer): Promise<Accepted> {
    return this.send(caller, id, { kind: 'offerAnswer', payload });
  }

  withdraw(caller: Principal, id: string, payload: WithdrawRequest): Promise<Accepted> {
    return this.send(caller, id, { kind: 'withdraw', payload });
  }

  stay(caller: Principal, id: string): Promise<Accepted> {
    return this.send(caller, id, { kind: 'stay', payload: {} });
  }

  private send(caller: Principal, id: string, message: LearnerMessage): Promise<Accepted> {
    const { workspaceId } = caller;
    const by = { requestedBy: requesterOf(caller), audit: auditActor(caller) };
    return this.store.inWorkspace(caller, (tx) => sendAnswer(tx, { workspaceId, enrollmentId: id, ...by }, message));
  }
}

/**
 * Gives a seat or a place in the queue in the transaction of the request, so that the order of asking is the order of the queue. Its run is sent
 * what it got, and asks again; a learner who lacks a prerequisite gets nothing, and is sent word by the run.
 */
async function seatAtOnce(tx: Tx, learner: SeatRequest & { runId: string }): Promise<void> {
  const { workspaceId, courseRunId, learnerId, runId } = learner;
  const of = { workspace_id: workspaceId, course_run_id: courseRunId, contact_id: learnerId };
  if ((await missingPrerequisites(tx, of)).length > 0) return;
  const payload = await takeSeat(tx, { ...learner, purpose: 'request' });
  await enqueueMessage(tx, { workspaceId, runId, kind: 'seatAnswer', ref: 'request', payload });
}

/** Why one of many gets nothing while the others do; undefined where the fault is none of its own. */
function refusalOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  const fault = fromDatabase(error);
  return fault?.code === 'database.busy' ? fault : undefined;
}

/** Two contacts with one address are one person most often. */
async function refuseSameAddress(tx: Tx, learner: Parameters<typeof sharesAddress>[1]): Promise<void> {
  // Requests of the course run one after the other, so that neither of two misses the other.
  await lockCourseRun(tx, learner.workspaceId, learner.courseRunId);
  const other = await sharesAddress(tx, learner);
  if (other === null) return;
  const detail = `The contact ${other} has the same address and is in this course run. Send "allowSameAddress": true if they are two people`;
  throw conflict('enrollment.sameAddress', detail, { contact: other });
}

function defined<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string;
  };
}

function enrollmentOf(row: EnrollmentView, caller: Principal): Enrollment {
  const { id, course, run, contact, attempt, lifecycle, payment, access, outcome, position } = row;
  return {
    id,
    runId: row.run_id,
    course,
    run,
    contact,
    name: row.name,
    courseTitle: row.course_title,
    runTitle: row.run_title,
    // What the enrollment was promised was read by its schema when it was made.
    priceMinor: Number(row.terms['priceMinor']),
    currency: String(row.terms['currency']),
    stepTitle: row.step_title,
    nextDueAt: row.next_due_at?.toISOString() ?? null,
    gateId: row.gate_id,
    trouble: RunTrouble.nullable().parse(row.trouble),
    attention: Attention.nullable().parse(row.attention),
    actions: actionsOf(row, caller),
    attempt,
    lifecycle,
    payment,
    access,
    outcome,
    seat: row.seat_kind ? { kind: row.seat_kind, expiresAt: row.seat_expires_at?.toISOString() ?? null } : null,
    position,
    checkoutUrl: isStopped(row) ? null : row.checkout_url,
    requestedAt: row.requested_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    rev: Number(row.rev),
  };
}

/** A learner who is leaving already cannot leave again, but may stay until it is decided. One whose run was terminated can do nothing. */
function actionsOf(row: EnrollmentView, caller: Principal): Enrollment['actions'] {
  if (row.ended_at !== null || isStopped(row) || !caller.permissions.has('enrollments:write')) return [];
  if (row.lifecycle === 'withdrawing') return row.gate_id === null ? [] : ['stay'];
  return [
    ...(row.seat_kind === 'offer' ? (['offer'] as const) : []),
    ...(mayHaveMoreTime(row) ? (['moreTime'] as const) : []),
    ...(row.lifecycle === 'closing' ? [] : (['withdraw'] as const)),
  ];
}
