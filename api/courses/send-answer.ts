import type { Accepted } from '../../contracts/courses/enrollments-api.schema.ts';
import type { OfferAnswer, WithdrawRequest } from '../../contracts/courses/enrollment.schema.ts';
import { recordAudit, type AuditEntry } from '../../platform/db/access/audit.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { sendToEnrollment } from '../../platform/db/courses/enrollments.ts';
import { requestInRun } from '../../platform/db/runs/runs.ts';
import { lockRun } from '../../platform/db/runs/turns.ts';
import { isStopped, listEnrollments, type EnrollmentView } from '../../platform/db/views/enrollments-list.ts';
import { newId } from '../../platform/ids.ts';
import { conflict, notFound } from '../http/errors/app-error.ts';

/** What a learner says to their enrollment, or staff in their name. */
export type LearnerMessage =
  | { kind: 'offerAnswer'; payload: OfferAnswer }
  | { kind: 'withdraw'; payload: WithdrawRequest }
  | { kind: 'stay'; payload: Record<string, never> };

/** For which enrollment, and by whom: `requestedBy` is the member who asks, null where the learner does. */
export type Answering = {
  workspaceId: string;
  enrollmentId: string;
  requestedBy: string | null;
  audit: Pick<AuditEntry, 'workspaceId' | 'actor' | 'requestId'>;
};

/**
 * Sends it to the enrollment's run, in the caller's transaction. What is sent is received, at the latest when the run's worker is back, and as of
 * now. @throws AppError 404, and 409 where it means nothing now
 */
export async function sendAnswer(tx: Tx, to: Answering, { kind, payload }: LearnerMessage): Promise<Accepted> {
  const { workspaceId, enrollmentId } = to;
  // A turn that ends what is answered here was made before, and is seen, or receives the answer.
  const run = await lockRun(tx, workspaceId, (await enrollmentView(tx, workspaceId, enrollmentId)).run_id);
  const enrollment = await enrollmentView(tx, workspaceId, enrollmentId);
  if (enrollment.ended_at !== null)
    throw conflict('enrollment.ended', `The enrollment has ended: ${enrollment.outcome ?? ''}`);
  if (isStopped(enrollment)) throw conflict('enrollment.stopped', stopped);
  checks[kind](enrollment, run?.now ?? new Date());
  const { run_id: runId } = enrollment;
  await requestInRun(tx, { workspaceId, runId }, to.requestedBy);
  await sendToEnrollment(tx, { workspace_id: workspaceId, run_id: runId }, kind, newId(), { ...payload });
  const subject = { kind: 'enrollment', id: enrollmentId };
  await recordAudit(tx, { ...to.audit, act: `enrollment.${kind}`, subject, detail: { ...payload } });
  return { accepted: true };
}

/** Its run was terminated: a message would be read by nobody. */
const stopped =
  'This enrollment was stopped and receives nothing until an operator lets it go on, from its page or by throughline check enrollments --repair';

/** An enrollment as lists show it. @throws AppError 404 */
export async function enrollmentView(tx: Tx, workspaceId: string, id: string): Promise<EnrollmentView> {
  const [row] = await listEnrollments(tx, { workspaceId, id, limit: 1 });
  if (!row) throw notFound('enrollment');
  return row;
}

const checks: Record<LearnerMessage['kind'], (enrollment: EnrollmentView, now: Date) => void> = {
  offerAnswer({ seat_kind: kind, seat_expires_at: until }, now) {
    if (kind !== 'offer') throw conflict('enrollment.noOffer', 'No seat is offered to this enrollment now');
    if (until !== null && until <= now)
      throw conflict('enrollment.offerOver', `The offer ended at ${until.toISOString()}`);
  },
  withdraw: () => undefined,
  // Once it is decided, what is taken back would be read after the decision, and change nothing.
  stay({ lifecycle, gate_id: gateId }) {
    if (lifecycle !== 'withdrawing' || gateId === null)
      throw conflict('enrollment.notLeaving', 'No withdrawal of this enrollment waits for a decision');
  },
};
