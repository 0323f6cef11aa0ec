import { sql } from 'kysely';
import type { Dates } from '../../../domain/courses/dates/dates.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { wakeRuns } from '../runs/runs.ts';
import type { CourseRunRow } from './seats.ts';

/**
 * Sends the dates of before to each live enrollment of a course run whose dates have just moved, in the caller's transaction. `run` is locked, as it
 * was before; each of its revisions is sent once.
 */
export async function reportMovedDates(tx: Tx, run: CourseRunRow, before: Dates): Promise<void> {
  const { rows } = await sql<{ run_id: string }>`
    insert into run_inbox (workspace_id, run_id, kind, ref, payload)
    select workspace_id, run_id, 'datesMoved', ${`${run.id}/${run.rev}`}, ${JSON.stringify(before)}::jsonb from enrollment
    where workspace_id = ${run.workspace_id} and course_run_id = ${run.id} and ended_at is null
    on conflict (workspace_id, run_id, kind, ref) do nothing
    returning run_id`.execute(kysely(tx));
  await wakeRuns(
    tx,
    run.workspace_id,
    rows.map((row) => row.run_id),
  );
}
