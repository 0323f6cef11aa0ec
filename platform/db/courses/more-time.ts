import { sql } from 'kysely';
import type { CourseRunInput } from '../../../contracts/courses/course.schema.ts';
import { datesOf, nextDate } from '../../../domain/courses/dates/dates.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { lockCourseRun, type SeatRequest } from './seats.ts';

/**
 * What more time came to: the seat is kept until then, was already, or for longer; it is none that ends, has ended, or the course
 * run starts or ends before, as every offer and hold does.
 */
export type SeatKept = 'kept' | 'already' | 'longer' | 'none' | 'over' | 'pastCourse';

/** Keeps an enrollment's offered or held seat until an instant. */
export async function keepForLonger(
  tx: Tx,
  { workspaceId, courseRunId, enrollmentId }: Omit<SeatRequest, 'learnerId'>,
  until: Date,
): Promise<SeatKept> {
  const run = await lockCourseRun(tx, workspaceId, courseRunId);
  const seat = await kysely(tx)
    .selectFrom('seat')
    .select('expires_at')
    .where('workspace_id', '=', workspaceId)
    .where('enrollment_id', '=', enrollmentId)
    .executeTakeFirst();
  if (!seat?.expires_at) return 'none';
  if (seat.expires_at <= run.now) return 'over';
  const bound = nextDate(datesOf(run.details as CourseRunInput), run.now.toISOString());
  if (bound !== null && until > new Date(bound)) return 'pastCourse';
  if (seat.expires_at >= until) return seat.expires_at > until ? 'longer' : 'already';
  await kysely(tx)
    .updateTable('seat')
    .set({ expires_at: until })
    .where('workspace_id', '=', workspaceId)
    .where('enrollment_id', '=', enrollmentId)
    .execute();
  await kysely(tx)
    .updateTable('enrollment')
    .set({ rev: sql`rev + 1` })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', enrollmentId)
    .execute();
  return 'kept';
}
