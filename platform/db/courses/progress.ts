import type { ProgressEvent } from '../../../contracts/courses/enrollment.schema.ts';
import { runOfEnrollment, sendToEnrollment } from './enrollments.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What one progress event came to. */
export type ProgressVerdict = 'accepted' | 'duplicate' | 'unknownEnrollment';

/** Stores a piece of learning and sends it to its enrollment's run, in the caller's transaction; the same id counts once. */
export async function takeProgress(tx: Tx, workspaceId: string, event: ProgressEvent): Promise<ProgressVerdict> {
  const enrollment = await runOfEnrollment(tx, workspaceId, event.enrollment);
  if (!enrollment) return 'unknownEnrollment';
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
