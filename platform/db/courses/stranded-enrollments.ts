import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/**
 * An enrollment that its run has ended without: it was terminated, so nothing of it was given back. `seat` is what it holds, null for none; `isQueued`
 * says that it stands in the queue, `openLinks` are checkouts that still take money.
 */
export type StrandedEnrollment = {
  workspaceId: string;
  workspace: string;
  enrollmentId: string;
  runId: string;
  title: string;
  runStatus: string;
  lifecycle: string;
  access: string;
  seat: string | null;
  isQueued: boolean;
  openLinks: number;
};

/** The enrollments of one workspace, or of all that the role sees, that outlived their run, the first first; null where there is no such workspace. */
export async function strandedEnrollments(tx: Tx, workspace: string | null): Promise<StrandedEnrollment[] | null> {
  const known = await sql`select from workspace where slug = ${workspace}`.execute(kysely(tx));
  if (workspace !== null && known.rows.length === 0) return null;
  const { rows } = await sql<StrandedEnrollment>`
    select e.workspace_id as "workspaceId", w.slug as workspace, e.id as "enrollmentId", e.run_id as "runId", r.title,
      r.status as "runStatus", e.lifecycle, e.access, s.kind as seat,
      exists (select from waitlist_entry q where q.workspace_id = e.workspace_id and q.enrollment_id = e.id) as "isQueued",
      (select count(*)::int from payment p where p.workspace_id = e.workspace_id and p.enrollment_id = e.id and p.status = 'open') as "openLinks"
    from enrollment e
    join workspace w on w.id = e.workspace_id
    join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
    left join seat s on s.workspace_id = e.workspace_id and s.enrollment_id = e.id
    where e.ended_at is null and r.ended_at is not null and (${workspace}::text is null or w.slug = ${workspace})
    order by e.id`.execute(kysely(tx));
  return rows;
}
