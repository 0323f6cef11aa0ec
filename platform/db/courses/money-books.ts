import { sql } from 'kysely';
import type { EnrollmentBooks } from '../../../domain/courses/money/compare-books.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** All stored money, and an instant before which none of its checkouts was made (ISO 8601); null where there was none. */
export type Books = { since: string | null; enrollments: EnrollmentBooks[] };

/**
 * Reads the books of every enrollment that ever had a checkout, of one workspace or of all that the role sees; null where there is no such
 * workspace. A state whose live run has
 * messages to read is left out: its next turn brings it up to date. A checkout is noted after it was made, by a worker that died between long after:
 * none is made before its seat was asked for, and the payment service's clock may be another one.
 */
export async function readBooks(tx: Tx, workspace: string | null): Promise<Books | null> {
  if (workspace !== null && !(await isWorkspace(tx, workspace))) return null;
  const { rows } = await sql<EnrollmentBooks & { since: Date }>`
    select e.id as "enrollmentId", w.slug as workspace, e.terms ->> 'currency' as currency,
      least(p.since, e.requested_at) - interval '1 hour' as since, p.checkouts,
      coalesce(m.back, '[]') as back,
      case when t.state is null or (r.ended_at is null and exists (
        select from run_inbox i where i.workspace_id = r.workspace_id and i.run_id = r.id and i.consumed_turn is null
      )) then null else jsonb_build_object('money', t.state -> 'money', 'errands', t.state -> 'errands') end as state
    from enrollment e
    join workspace w on w.id = e.workspace_id
    join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
    left join run_turn t on t.workspace_id = r.workspace_id and t.run_id = r.id and t.turn = r.turn
    join lateral (
      select min(created_at) as since, jsonb_agg(jsonb_build_object(
        'status', status, 'paymentIntent', payment_intent, 'amountMinor', coalesce(received_minor, amount_minor),
        'currency', upper(coalesce(received_currency, currency))) order by created_at) as checkouts
      from payment where workspace_id = e.workspace_id and enrollment_id = e.id
    ) p on p.since is not null
    left join lateral (
      select jsonb_agg(jsonb_build_object(
        'paymentIntent', payment_intent, 'amountMinor', amount_minor, 'currency', upper(currency))) as back
      from money_back where workspace_id = e.workspace_id and enrollment_id = e.id and is_out
    ) m on true
    where ${workspace}::text is null or w.slug = ${workspace}
    order by since`.execute(kysely(tx));
  const [first] = rows;
  return { since: first?.since.toISOString() ?? null, enrollments: rows.map(({ since: _since, ...books }) => books) };
}

async function isWorkspace(tx: Tx, slug: string): Promise<boolean> {
  const found = await kysely(tx).selectFrom('workspace').select('id').where('slug', '=', slug).executeTakeFirst();
  return found !== undefined;
}
