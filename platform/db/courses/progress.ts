import type { EnrollmentFacets } from '../../../contracts/courses/enrollment.ts';
import type { ProgressEvent } from '../../../contracts/courses/enrollment.schema.ts';
import { runOfEnrollment, sendToEnrollment } from './enrollments.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What one progress event came to. */
export type ProgressVerdict = 'accepted' | 'duplicate' | 'unknownEnrollment' | 'noAccess' | 'ended';

/** Where a learner has a seat and may learn, or is about to. */
const isIn: ReadonlySet<string> = new Set<EnrollmentFacets['lifecycle']>(['confirming', 'active', 'withdrawing']);

/**
 * Stores a piece of learning and sends it to its enrollment's run, in the caller's transaction; the same id counts once. What is reported of a
 * learner without access, or after the end, is not stored: it would change nothing.
 */
export async function takeProgress(tx: Tx, workspaceId: string, event: ProgressEvent): Promise<ProgressVerdict> {
  const enrollment = await runOfEnrollment(tx, workspaceId, event.enrollment);
  if (!enrollment) return 'unknownEnrollment';
  if (await isKnown(tx, workspaceId, event.id)) return 'duplicate';
  if (enrollment.ended_at !== null) return 'ended';
  if (!isIn.has(enrollment.lifecycle) || enrollment.access === 'suspended') return 'noAccess';
  const { id, verb, occurredAt, scorePercent, progressPercent } = event;
  const payload = {
    verb,
    ...(scorePercent === undefined ? {} : { scorePercent }),
    ...(progressPercent === undefined ? {} : { progressPercent }),
  };
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

async function isKnown(tx: Tx, workspaceId: string, id: string): Promise<boolean> {
  const row = await kysely(tx)
    .selectFrom('progress_event')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
