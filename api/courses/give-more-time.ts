import type { MoreTime } from '../../contracts/courses/enrollment.schema.ts';
import { type AuditEntry, recordAudit } from '../../platform/db/access/audit.ts';
import { enrollmentOfRun, sendToEnrollment } from '../../platform/db/courses/enrollments.ts';
import { keepForLonger, type SeatKept } from '../../platform/db/courses/more-time.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { type EnrollmentView, isStopped } from '../../platform/db/views/enrollments-list.ts';
import { newId } from '../../platform/ids.ts';
import { conflict, invalid } from '../http/errors/app-error.ts';
import { enrollmentView } from './send-answer.ts';

/** The longest time that is given: as long as a course run may keep a seat. */
const mostDays = 90;

/** The end that is asked for. @throws AppError 422 where it is over already, or too far away */
export function endOf({ until }: MoreTime, now: Date): Date {
  const end = new Date(until);
  const days = (end.getTime() - now.getTime()) / 86_400_000;
  const message =
    days <= 0
      ? 'That is over already: use an instant to come'
      : days > mostDays
        ? `That is more than ${mostDays} days away: nobody else would get the seat`
        : null;
  if (message !== null) throw invalid('enrollment.until', [{ path: 'until', code: 'enrollment.until', message }]);
  return end;
}

/**
 * Gives the learner of one enrollment more time, in the caller's transaction: the seat is kept, and the run moves its deadline and writes to the
 * learner. To ask for the same again changes nothing. @throws AppError 404, and 409 where there is nothing to put off
 */
export async function giveMoreTime(
  tx: Tx,
  id: string,
  {
    until,
    reason,
    audit,
  }: { until: Date; reason: string; audit: Pick<AuditEntry, 'workspaceId' | 'actor' | 'requestId'> },
): Promise<void> {
  const { workspaceId } = audit;
  // A turn that ends the offer or the hold was made before, and is seen, or receives this.
  const run = await lockRun(tx, workspaceId, (await enrollmentView(tx, workspaceId, id)).run_id);
  const enrollment = await enrollmentView(tx, workspaceId, id);
  if (!mayHaveMoreTime(enrollment) || !run) throw conflict(...refusals.none);
  const { course_run_id: courseRunId } = await enrollmentOfRun(tx, workspaceId, enrollment.run_id);
  const kept = await keepForLonger(tx, { workspaceId, courseRunId, enrollmentId: id }, until);
  if (kept === 'already') return;
  if (kept !== 'kept') throw conflict(...refusals[kept]);
  const payload = { until: until.toISOString() };
  const to = { workspace_id: workspaceId, run_id: enrollment.run_id };
  await sendToEnrollment(tx, to, 'moreTime', newId(), payload);
  await recordAudit(tx, {
    ...audit,
    act: 'enrollment.moreTime',
    subject: { kind: 'enrollment', id },
    detail: { ...payload, was: enrollment.seat_expires_at?.toISOString() ?? null, reason },
  });
}

/**
 * Whether an end of the seat can be put off: it is offered, or held for a payment, and its run is there to go by it. Who has only asked for a
 * place, or whose money is on its way, has no such end.
 */
export function mayHaveMoreTime(row: EnrollmentView): boolean {
  if (row.ended_at !== null || isStopped(row)) return false;
  if (row.seat_kind === 'offer') return ['waitlisted', 'offered'].includes(row.lifecycle);
  return row.seat_kind === 'hold' && row.lifecycle === 'awaitingPayment' && row.payment !== 'underWay';
}

const refusals: Readonly<Record<Exclude<SeatKept, 'kept' | 'already'>, [code: string, words: string]>> = {
  none: ['enrollment.noDeadline', 'No seat is offered to this learner, or held for their payment, now'],
  over: ['enrollment.seatOver', 'The offer or the hold has ended already'],
  longer: ['enrollment.keptLonger', 'The seat is kept for longer already'],
  pastCourse: ['enrollment.pastCourse', 'The course run starts or ends before that'],
};
