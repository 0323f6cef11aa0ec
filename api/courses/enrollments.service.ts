import { Injectable } from '@nestjs/common';
import type { Accepted, Enrollment, EnrollmentsQuery } from '../../contracts/courses/enrollments-api.schema.ts';
import type { Completion, CourseRunInput } from '../../contracts/courses/course.schema.ts';
import type { EnrollmentRequest, OfferAnswer, WithdrawRequest } from '../../contracts/courses/enrollment.schema.ts';
import { datesOf, isOver } from '../../domain/courses/dates/dates.ts';
import { recordAudit } from '../../platform/db/access/audit.ts';
import { findCourse, findCourseRun } from '../../platform/db/courses/courses.ts';
import { listEnrollments, type EnrollmentView } from '../../platform/db/views/enrollments-list.ts';
import {
  createEnrollment,
  lockContact,
  missingPrerequisites,
  sendToEnrollment,
  sharesAddress,
} from '../../platform/db/courses/enrollments.ts';
import { lockCourseRun, takeSeat, type SeatRequest } from '../../platform/db/courses/seats.ts';
import { newId } from '../../platform/ids.ts';
import { enqueueMessage, requestInRun } from '../../platform/db/runs/runs.ts';
import { databaseNow, lockRun } from '../../platform/db/runs/turns.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { conflict, notFound } from '../http/errors/app-error.ts';
import { beforeId, pageById, type Page } from '../http/request/paging.ts';
import { auditActor, type Principal, requesterOf } from '../http/caller/principal.ts';
import { Store } from '../http/store.ts';

/** Enrollments: asked for and answered here, decided by their runs. */
@Injectable()
export class EnrollmentsService {
  constructor(private readonly store: Store) {}

  async request(caller: Principal, input: EnrollmentRequest): Promise<Enrollment> {
    const { workspaceId } = caller;
    return this.store.inWorkspace(caller, async (tx) => {
      const contactId = await lockContact(tx, workspaceId, input.contact);
      if (contactId === null) throw notFound('contact');
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
      return enrollmentOf(await one(tx, caller, made.enrollmentId), caller);
    });
  }

  async list(caller: Principal, query: EnrollmentsQuery): Promise<Page<Enrollment>> {
    const { limit, cursor, course, run, contact, lifecycle, payment, q, open } = query;
    const filter = {
      workspaceId: caller.workspaceId,
      limit,
      before: beforeId(cursor),
      ...defined({ course, run, contact, lifecycle, payment, q }),
      ...(open === undefined ? {} : { open }),
    };
    const rows = await this.store.inWorkspace(caller, (tx) => listEnrollments(tx, filter));
    return pageById(rows, limit, (row) => enrollmentOf(row, caller));
  }

  async get(caller: Principal, id: string): Promise<Enrollment> {
    return enrollmentOf(await this.store.inWorkspace(caller, (tx) => one(tx, caller, id)), caller);
  }

  answer(caller: Principal, id: string, input: OfferAnswer): Promise<Accepted> {
    return this.send(caller, id, 'offerAnswer', input, ({ seat_kind: kind, seat_expires_at: until }, now) => {
      if (kind !== 'offer') throw conflict('enrollment.noOffer', 'No seat is offered to this enrollment now');
      if (until !== null && until <= now)
        throw conflict('enrollment.offerOver', `The offer ended at ${until.toISOString()}`);
    });
  }

  withdraw(caller: Principal, id: string, input: WithdrawRequest): Promise<Accepted> {
    return this.send(caller, id, 'withdraw', input, () => undefined);
  }

  private async send(
    caller: Principal,
    id: string,
    kind: 'offerAnswer' | 'withdraw',
    payload: OfferAnswer | WithdrawRequest,
    check: (enrollment: EnrollmentView, now: Date) => void,
  ): Promise<Accepted> {
    return this.store.inWorkspace(caller, async (tx) => {
      // A turn that ends what is answered here was made before, and is seen, or receives the answer.
      const run = await lockRun(tx, caller.workspaceId, (await one(tx, caller, id)).run_id);
      const enrollment = await one(tx, caller, id);
      if (enrollment.ended_at !== null)
        throw conflict('enrollment.ended', `The enrollment has ended: ${enrollment.outcome ?? ''}`);
      check(enrollment, run?.now ?? new Date());
      const target = { workspaceId: caller.workspaceId, runId: enrollment.run_id };
      await requestInRun(tx, target, requesterOf(caller));
      await sendToEnrollment(tx, { workspace_id: caller.workspaceId, run_id: enrollment.run_id }, kind, newId(), {
        ...payload,
      });
      await recordAudit(tx, {
        ...auditActor(caller),
        act: `enrollment.${kind}`,
        subject: { kind: 'enrollment', id },
        detail: { ...payload },
      });
      return { accepted: true };
    });
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

/** Two contacts with one address are one person most often. */
async function refuseSameAddress(tx: Tx, learner: Parameters<typeof sharesAddress>[1]): Promise<void> {
  // Requests of the course run one after the other, so that neither of two misses the other.
  await lockCourseRun(tx, learner.workspaceId, learner.courseRunId);
  const other = await sharesAddress(tx, learner);
  if (other === null) return;
  const detail = `The contact ${other} has the same address and is in this course run. Send "allowSameAddress": true if they are two people`;
  throw conflict('enrollment.sameAddress', detail, { contact: other });
}

async function one(tx: Tx, caller: Principal, id: string): Promise<EnrollmentView> {
  const [row] = await listEnrollments(tx, { workspaceId: caller.workspaceId, id, before: null, limit: 1 });
  if (!row) throw notFound('enrollment');
  return row;
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
    actions: actionsOf(row, caller),
    attempt,
    lifecycle,
    payment,
    access,
    outcome,
    seat: row.seat_kind ? { kind: row.seat_kind, expiresAt: row.seat_expires_at?.toISOString() ?? null } : null,
    position,
    checkoutUrl: row.checkout_url,
    requestedAt: row.requested_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    rev: Number(row.rev),
  };
}

/** A learner who is leaving already cannot leave again. */
function actionsOf(row: EnrollmentView, caller: Principal): Enrollment['actions'] {
  if (row.ended_at !== null || !caller.permissions.has('enrollments:write')) return [];
  const isLeaving = row.lifecycle === 'withdrawing' || row.lifecycle === 'closing';
  return [...(row.seat_kind === 'offer' ? (['offer'] as const) : []), ...(isLeaving ? [] : (['withdraw'] as const))];
}
