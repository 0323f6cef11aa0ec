import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What came and went in one currency, in its smallest unit. What is disputed counts as gone while the payer's bank has it. */
export type MoneySum = { currency: string; cameMinor: number; wentMinor: number };

/** The money of a course run, a row for each currency in which any came, by its name. */
export async function moneyOfCourseRun(
  tx: Tx,
  courseRun: { workspaceId: string; courseRunId: string },
): Promise<MoneySum[]> {
  const { workspaceId, courseRunId } = courseRun;
  const { rows } = await sql<{ currency: string; came: string; went: string }>`
    with mine as (
      select id from enrollment where workspace_id = ${workspaceId} and course_run_id = ${courseRunId}
    ), moves as (
      select upper(coalesce(p.received_currency, p.currency)) as currency, coalesce(p.received_minor, p.amount_minor) as came, 0 as went
      from payment p where p.workspace_id = ${workspaceId} and p.status = 'paid' and p.enrollment_id in (select id from mine)
      union all
      select upper(m.currency), 0, m.amount_minor
      from money_back m where m.workspace_id = ${workspaceId} and m.is_out and m.enrollment_id in (select id from mine)
    )
    select currency, sum(came)::text as came, sum(went)::text as went from moves group by currency order by currency`.execute(
    kysely(tx),
  );
  return rows.map(({ currency, came, went }) => ({ currency, cameMinor: Number(came), wentMinor: Number(went) }));
}
