import { sql } from 'kysely';
import type { EnrollmentFacets } from '../../../contracts/courses/enrollment.ts';
import type { ProgressEvent } from '../../../contracts/courses/enrollment.schema.ts';
import { type EnrollmentRow, sendToEnrollment } from './enrollments.ts';
import { reopenRun } from '../runs/reopen-run.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What one progress event came to. */
export type ProgressVerdict = 'accepted' | 'duplicate' | 'unknownEnrollment' | 'noAccess' | 'ended';

/** Where a learner has a seat and may learn, or is about to. */
const isIn: ReadonlySet<string> = new Set<EnrollmentFacets['lifecycle']>(['confirming', 'active', 'withdrawing']);

/**
 * Stores a piece of learning and sends it to its enrollment's run, in the caller's transaction; the same id counts once. What was learned before
 * the end of the course run counts when it is reported later, too: the run of who has lapsed lives again for it. All else that is reported of a
 * learner without access, or after the end, is not stored: it would change nothing.
 */
export async function takeProgress(tx: Tx, workspaceId: string, event: ProgressEvent): Promise<ProgressVerdict> {
  const enrollment = await learnerOf(tx, workspaceId, event);
  if (!enrollment) return 'unknownEnrollment';
  if (await isKnown(tx, workspaceId, event.id)) return 'duplicate';
  const { lifecycle, access, outcome, ended_at: endedAt, is_late: isLate } = enrollment;
  if (endedAt !== null && !(isLate && outcome === 'lapsed')) return 'ended';
  const wasIn = isLate && (lifecycle === 'closing' || endedAt !== null);
  if (!(wasIn || isIn.has(lifecycle)) || access === 'suspended') return 'noAccess';
  const { id, verb, occurredAt, scorePercent, progressPercent } = event;
  const payload = {
    verb,
    ...(scorePercent === undefined ? {} : { scorePercent }),
    ...(progressPercent === undefined ? {} : { progressPercent }),
  };
  const run = { workspaceId, runId: enrollment.run_id };
  if (endedAt !== null && !(await reopenRun(tx, run))) return 'ended';
  const stored = await kysely(tx)
    .insertInto('progress_event')
    .values({
      workspace_id: workspaceId,
      id,
      enrollment_id: event.enrollment,
      verb,
      payload: JSON.stringify(payload),
      occurred_at: occurredAt,
    })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'id']).doNothing())
    .executeTakeFirst();
  if ((stored.numInsertedOrUpdatedRows ?? 0n) === 0n) return 'duplicate';
  await sendToEnrollment(tx, enrollment, 'progress', id, payload);
  return 'accepted';
}

type Learner = Pick<EnrollmentRow, 'workspace_id' | 'run_id' | 'lifecycle' | 'access' | 'outcome' | 'ended_at'>;

/** `is_late`: it was learned before the end of the course run, which has passed since. */
async function learnerOf(
  tx: Tx,
  workspaceId: string,
  { enrollment, occurredAt }: ProgressEvent,
): Promise<(Learner & { is_late: boolean }) | undefined> {
  const { rows } = await sql<Learner & { is_late: boolean }>`
    select e.workspace_id, e.run_id, e.lifecycle, e.access, e.outcome, e.ended_at,
      coalesce(${occurredAt}::timestamptz < (r.details ->> 'endsAt')::timestamptz and (r.details ->> 'endsAt')::timestamptz <= now(), false) as is_late
    from enrollment e join course_run r on r.workspace_id = e.workspace_id and r.id = e.course_run_id
    where e.workspace_id = ${workspaceId} and e.id = ${enrollment}`.execute(kysely(tx));
  return rows[0];
}

async function isKnown(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const row = await kysely(tx)
    .selectFrom('progress_event')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
