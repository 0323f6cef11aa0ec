import { sql, type RawBuilder } from 'kysely';
import type { EnrollmentOrder } from '../../../contracts/courses/enrollments-api.schema.ts';
import { calledName } from '../contacts/contact-name.ts';
import { contactCalled } from '../contacts/contacts.ts';
import { contactHolds } from './search.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';
import { joinStep, stepDueAt, troubleOf } from './runs/runs-list.ts';
import { troubled } from './runs/run-filter.ts';

/** An enrollment as lists show it. */
export type EnrollmentView = {
  workspace_id: string;
  id: string;
  run_id: string;
  course: string;
  run: string;
  contact: string;
  name: string | null;
  course_title: string;
  run_title: string;
  terms: Record<string, unknown>;
  step_title: string | null;
  next_due_at: Date | null;
  run_ended_at: Date | null;
  gate_id: string | null;
  trouble: Record<string, unknown> | null;
  attention: string | null;
  attempt: number;
  lifecycle: string;
  payment: string;
  access: string;
  outcome: string | null;
  seat_kind: 'hold' | 'offer' | 'confirmed' | null;
  seat_expires_at: Date | null;
  position: number | null;
  queue_priority: number | null;
  queue_seq: string | null;
  checkout_url: string | null;
  requested_at: Date;
  ended_at: Date | null;
  rev: string;
};

/** Whether it outlived its run, which was terminated: until an operator takes it up nothing reaches it, money included. */
export function isStopped(row: Pick<EnrollmentView, 'ended_at' | 'run_ended_at'>): boolean {
  return row.ended_at === null && row.run_ended_at !== null;
}

/** Filters; what is undefined does not filter. */
export type EnrollmentFilter = {
  workspaceId: string;
  id?: string;
  course?: string;
  run?: string;
  contact?: string;
  lifecycle?: string;
  payment?: string;
  open?: boolean;
  attention?: boolean;
  q?: string;
  order?: EnrollmentOrder;
  /** The sort key behind which the page begins, as `enrollmentKey` gives it. */
  after?: readonly (string | number)[] | null;
  limit: number;
};

type Ordering = {
  by: RawBuilder<unknown>;
  isIn: RawBuilder<unknown>;
  behind: (key: readonly (string | number)[]) => RawBuilder<unknown>;
};

const orderings: Record<EnrollmentOrder, Ordering> = {
  newest: { by: sql`e.id desc`, isIn: sql`true`, behind: ([id]) => sql`e.id < ${id}` },
  place: {
    by: sql`w.priority desc, w.seq`,
    isIn: sql`w.seq is not null`,
    behind: ([priority, seq]) => sql`(-w.priority, w.seq) > (${-Number(priority)}::int, ${seq}::bigint)`,
  },
  ending: {
    by: sql`s.expires_at, e.id`,
    isIn: sql`s.expires_at is not null`,
    behind: ([at, id]) => sql`(s.expires_at, e.id) > (${at}::timestamptz, ${id}::uuid)`,
  },
};

/** The sort key of an enrollment in an order. */
export function enrollmentKey(row: EnrollmentView, order: EnrollmentOrder): (string | number)[] {
  switch (order) {
    case 'newest':
      return [row.id];
    case 'place':
      return [row.queue_priority ?? 0, row.queue_seq ?? ''];
    case 'ending':
      return [row.seat_expires_at?.toISOString() ?? '', row.id];
  }
}

/** A held or offered seat that ends sooner than this needs a person: the learner can still be asked, or given more time. */
const endingSoon = sql`interval '1 hour'`;

/** Why the enrollment `e` with its run `run` and its seat `s` needs a person; null where it does not. */
function attentionOf(workspaceId: string): RawBuilder<string | null> {
  return sql`case
    when e.ended_at is null and run.ended_at is not null then 'stopped'
    when exists (select from gate g where g.workspace_id = e.workspace_id and g.run_id = e.run_id and g.status = 'open') then 'decision'
    when e.run_id in (${troubled(workspaceId)}) then 'trouble'
    when e.ended_at is null and e.payment in ('failed', 'disputed', 'refundDue') then 'payment'
    when e.ended_at is null and s.kind in ('hold', 'offer') and s.expires_at < now() + ${endingSoon} then 'ending' end`;
}

/** How many enrollments of a course run need a person. */
export async function countAttention(
  tx: Tx,
  { workspaceId, courseRunId }: { workspaceId: string; courseRunId: string },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from enrollment e
    join run on run.workspace_id = e.workspace_id and run.id = e.run_id
    left join seat s on s.workspace_id = e.workspace_id and s.enrollment_id = e.id
    where e.workspace_id = ${workspaceId} and e.course_run_id = ${courseRunId} and ${attentionOf(workspaceId)} is not null`.execute(
    kysely(tx),
  );
  return rows[0]?.n ?? 0;
}

/** Enrollments in their order, one more than `limit` so that the caller sees whether there is a next page. */
export async function listEnrollments(tx: Tx, filter: EnrollmentFilter): Promise<EnrollmentView[]> {
  const ordering = orderings[filter.order ?? 'newest'];
  const when = (value: string | null | undefined, condition: ReturnType<typeof sql>) =>
    value === null || value === undefined ? sql`` : sql`and ${condition}`;
  const { rows } = await sql<EnrollmentView>`
    select e.workspace_id, e.id, e.run_id, c.slug as course, r.slug as run, coalesce(p.external_id, '') as contact, ${calledName(sql`p.attributes`)} as name,
      c.title as course_title, r.title as run_title, e.terms, ${stepDueAt(sql`run`)} as next_due_at, run.ended_at as run_ended_at,
      here.title as step_title, ${troubleOf(sql`run`)} as trouble, ${attentionOf(filter.workspaceId)} as attention,
      (select g.id from gate g where g.workspace_id = e.workspace_id and g.run_id = e.run_id and g.status = 'open' order by g.id limit 1) as gate_id, e.attempt, e.lifecycle, e.payment, e.access,
      e.outcome, s.kind as seat_kind, s.expires_at as seat_expires_at, w.priority as queue_priority, w.seq as queue_seq, e.requested_at, e.ended_at, e.rev,
      (select 1 + count(*)::int from waitlist_entry ahead join enrollment ae on ae.workspace_id = ahead.workspace_id and ae.id = ahead.enrollment_id
        join run ar on ar.workspace_id = ae.workspace_id and ar.id = ae.run_id and ar.ended_at is null where ahead.workspace_id = w.workspace_id and ahead.course_run_id = w.course_run_id
        and (ahead.priority > w.priority or (ahead.priority = w.priority and ahead.seq < w.seq)) having w.seq is not null) as position,
      (select url from payment pay where pay.workspace_id = e.workspace_id and pay.enrollment_id = e.id and pay.status = 'open'
        order by pay.created_at desc limit 1) as checkout_url
    from enrollment e
    join course_run r on r.workspace_id = e.workspace_id and r.id = e.course_run_id
    join course c on c.workspace_id = r.workspace_id and c.id = r.course_id
    join run on run.workspace_id = e.workspace_id and run.id = e.run_id ${joinStep(sql`run`)}
    left join contact p on p.workspace_id = e.workspace_id and p.id = e.contact_id
    left join seat s on s.workspace_id = e.workspace_id and s.enrollment_id = e.id
    left join waitlist_entry w on w.workspace_id = e.workspace_id and w.enrollment_id = e.id
    where e.workspace_id = ${filter.workspaceId}
      ${when(filter.id, sql`e.id = ${filter.id}`)} ${when(filter.course, sql`c.slug = ${filter.course}`)}
      ${when(filter.run, sql`r.slug = ${filter.run}`)} ${when(filter.contact, sql`e.contact_id = ${contactCalled(filter.workspaceId, filter.contact ?? '')}`)}
      ${when(filter.lifecycle, sql`e.lifecycle = ${filter.lifecycle}`)} ${when(filter.payment, sql`e.payment = ${filter.payment}`)}
      ${filter.open === undefined ? sql`` : filter.open ? sql`and e.ended_at is null` : sql`and e.ended_at is not null`}
      ${filter.attention === undefined ? sql`` : sql`and (${attentionOf(filter.workspaceId)} is not null) = ${filter.attention}`}
      ${filter.q === undefined ? sql`` : sql`and ${contactHolds('p', filter.q)}`}
      and ${ordering.isIn} ${filter.after ? sql`and ${ordering.behind(filter.after)}` : sql``}
    order by ${ordering.by} limit ${filter.limit + 1}`.execute(kysely(tx));
  return rows;
}
