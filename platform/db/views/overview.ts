import { sql } from 'kysely';
import { isMine, type Mine } from './gates-list.ts';
import { troubled } from './runs/run-filter.ts';
import { calledName } from '../contacts/contact-name.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What waits for a person: all open gates, theirs, theirs within a day, and when the first of theirs closes. */
export async function gateFigures(tx: Tx, workspaceId: string, mine: Mine) {
  const { rows } = await sql<{ open: number; mine: number; mineWithinDay: number; nextDueAt: Date | null }>`
    select count(*)::int as open, count(*) filter (where ${isMine(mine)})::int as mine,
      count(*) filter (where ${isMine(mine)} and g.due_at < now() + interval '1 day')::int as "mineWithinDay",
      min(g.due_at) filter (where ${isMine(mine)}) as "nextDueAt"
    from gate g where g.workspace_id = ${workspaceId} and g.status = 'open'`.execute(kysely(tx));
  return rows[0] ?? { open: 0, mine: 0, mineWithinDay: 0, nextDueAt: null };
}

/** How many runs are alive, by what they do; `inTrouble` are counted there as well. */
export async function liveFigures(tx: Tx, workspaceId: string) {
  const { rows } = await sql<
    Record<'running' | 'waitingForPerson' | 'waitingForTime' | 'paused' | 'inTrouble', number>
  >`
    select coalesce(sum(n) filter (where status in ('starting', 'running')), 0)::int as running,
      coalesce(sum(n) filter (where status = 'waiting' and waiting_for = 'person'), 0)::int as "waitingForPerson",
      coalesce(sum(n) filter (where status = 'waiting' and waiting_for is distinct from 'person'), 0)::int as "waitingForTime",
      coalesce(sum(n) filter (where status = 'paused'), 0)::int as paused,
      (select count(*)::int from run r where r.workspace_id = ${workspaceId} and r.ended_at is null and r.id in (${troubled(workspaceId)})) as "inTrouble"
    from run_tally where workspace_id = ${workspaceId}`.execute(kysely(tx));
  return rows[0] ?? { running: 0, waitingForPerson: 0, waitingForTime: 0, paused: 0, inTrouble: 0 };
}

/** The last 24 hours of work, the oldest first: runs that began, ended well and failed in each. */
export async function workByHour(tx: Tx, workspaceId: string) {
  const { rows } = await sql<{ at: Date; started: number; finished: number; failed: number }>`
    select hour.at, coalesce(sum(h.started), 0)::int as started, coalesce(sum(h.finished), 0)::int as finished, coalesce(sum(h.failed), 0)::int as failed
    from (select date_trunc('hour', now(), 'UTC') - back * interval '1 hour' as at from generate_series(0, 23) back) hour
    left join run_hour h on h.workspace_id = ${workspaceId} and h.hour = hour.at
    group by hour.at order by hour.at`.execute(kysely(tx));
  return rows;
}

/** What the contact of the run `r` is called. */
const contactName = sql`(select coalesce(${calledName(sql`c.attributes`)}, c.external_id) from contact c
  where c.workspace_id = r.workspace_id and c.id = r.contact_id) as "contactName"`;

/** A deadline within a day, and the name or else the external id of whom it is about. */
export type DeadlineRow = {
  at: Date;
  kind: 'gate' | 'hold' | 'offer';
  title: string;
  contactName: string | null;
  runId: string;
  gateId: string | null;
};

/** What happens by itself within a day: gates that close with an outcome, and seats that are freed; the next first, ten at most. */
export async function upcomingDeadlines(tx: Tx, workspaceId: string): Promise<DeadlineRow[]> {
  const { rows } = await sql<DeadlineRow>`
    (select g.due_at as at, 'gate' as kind, g.title || ' · ' || r.title as title, ${contactName}, g.run_id as "runId", g.id as "gateId"
      from gate g join run r on r.workspace_id = g.workspace_id and r.id = g.run_id
      where g.workspace_id = ${workspaceId} and g.status = 'open' and g.on_timeout is not null
        and g.due_at between now() and now() + interval '1 day' order by g.due_at limit 10)
    union all
    (select s.expires_at as at, s.kind, r.title, ${contactName}, e.run_id as "runId", null as "gateId"
      from seat s join enrollment e on e.workspace_id = s.workspace_id and e.id = s.enrollment_id
      join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
      where s.workspace_id = ${workspaceId} and s.kind in ('hold', 'offer')
        and s.expires_at between now() and now() + interval '1 day' order by s.expires_at limit 10)
    order by at limit 10`.execute(kysely(tx));
  return rows;
}
