import { type RawBuilder, sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Something that happened to a contact. */
export type MomentRow = {
  id: string;
  at: Date;
  kind: 'event' | 'runStarted' | 'runEnded' | 'step' | 'decision';
  title: string;
  status: string | null;
  detail: Record<string, unknown>;
  runId: string | null;
  runTitle: string | null;
  runKind: string | null;
};

/** Which part of a contact's story: what lies before `before` (an instant and an id), newest first. Without `runs`, events alone. */
export type StoryPage = {
  workspaceId: string;
  contactId: string;
  runs: boolean;
  before: { at: string; id: string } | null;
  limit: number;
};

/** What happened to a contact over all its runs, newest first; one more than `limit` shows that there is more. */
export async function listMoments(tx: Tx, page: StoryPage): Promise<MomentRow[]> {
  const { workspaceId, contactId, limit } = page;
  const ofRun = sql`r.id as "runId", r.title as "runTitle", r.kind as "runKind"`;
  const mine = sql`r.workspace_id = ${workspaceId} and r.contact_id = ${contactId}`;
  const sources: RawBuilder<unknown>[] = [
    sql`select 'event ' || e.id as id, e.received_at as at, 'event' as kind, e.name as title, null as status,
        e.properties as detail, null::uuid as "runId", null as "runTitle", null as "runKind"
      from event e where e.workspace_id = ${workspaceId} and e.contact_id = ${contactId} and ${isBefore(page, sql`e.received_at`, sql`'event ' || e.id`)}`,
  ];
  if (page.runs)
    sources.push(
      sql`select 'start ' || r.id as id, r.started_at as at, 'runStarted' as kind, r.title, null as status, '{}'::jsonb as detail, ${ofRun}
        from run r where ${mine} and ${isBefore(page, sql`r.started_at`, sql`'start ' || r.id`)}`,
      sql`select 'end ' || r.id as id, r.ended_at as at, 'runEnded' as kind, r.title, r.status, jsonb_build_object('outcome', r.outcome, 'reason', r.reason) as detail, ${ofRun}
        from run r where ${mine} and r.ended_at is not null and ${isBefore(page, sql`r.ended_at`, sql`'end ' || r.id`)}`,
      sql`select 'step ' || r.id || ' ' || s.seq as id, s.started_at as at, 'step' as kind, s.title, s.status, s.detail, ${ofRun}
        from run r join step s on s.workspace_id = r.workspace_id and s.run_id = r.id
        where ${mine} and ${isBefore(page, sql`s.started_at`, sql`'step ' || r.id || ' ' || s.seq`)}`,
      sql`select 'gate ' || g.id as id, g.decided_at as at, 'decision' as kind, g.title, g.status, jsonb_build_object('outcome',
          coalesce((select o ->> 'label' from jsonb_array_elements(g.outcomes) o where o ->> 'name' = g.outcome), g.outcome)) as detail, ${ofRun}
        from run r join gate g on g.workspace_id = r.workspace_id and g.run_id = r.id
        where ${mine} and g.decided_at is not null and ${isBefore(page, sql`g.decided_at`, sql`'gate ' || g.id`)}`,
    );
  const parts = sources.map((source) => sql`(${source} order by at desc, id desc limit ${sql.lit(limit + 1)})`);
  const { rows } = await sql<MomentRow>`
    select * from (${sql.join(parts, sql` union all `)}) moment order by at desc, id desc limit ${sql.lit(limit + 1)}`.execute(
    kysely(tx),
  );
  return rows;
}

function isBefore({ before }: StoryPage, at: RawBuilder<unknown>, id: RawBuilder<unknown>): RawBuilder<unknown> {
  if (before === null) return sql`true`;
  // A cursor holds milliseconds, the database microseconds.
  return sql`(date_trunc('milliseconds', ${at}), ${id}) < (${before.at}::timestamptz, ${before.id})`;
}
