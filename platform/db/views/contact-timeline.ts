import { type RawBuilder, sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import { deliveryOf } from './runs/mail-delivery.ts';
import type { Tx } from '../core/workspace.ts';

/** Something that happened to a contact. */
export type MomentRow = {
  id: string;
  at: Date;
  kind: 'event' | 'consent' | 'joined' | 'runStarted' | 'runEnded' | 'step' | 'decision' | 'mail' | 'mailReport';
  title: string;
  status: string | null;
  detail: Record<string, unknown>;
  runId: string | null;
  runTitle: string | null;
  runKind: string | null;
};

/**
 * Which part of a contact's story: what lies before `before` (an instant and an id), newest first. Without `runs`, events, consents and aliases alone.
 * `missing` are steps that were left out or failed, and mails that did not arrive, or of which nobody knows.
 */
export type StoryPage = {
  workspaceId: string;
  contactId: string;
  runs: boolean;
  show: 'all' | 'mails' | 'events' | 'consents' | 'missing';
  before: { at: string; id: string } | null;
  limit: number;
};

/** When a mail left, or came to nothing. */
const mailAt = sql`coalesce(e.handed_off_at, e.settled_at, e.planned_at)`;
const stepTitle = sql`coalesce((select s.title from step s where s.workspace_id = e.workspace_id and s.run_id = e.run_id and s.step = e.step
  order by s.seq desc limit 1), e.step)`;

/** The journey of a mail, by which one can ask why it did not come. */
const journeyOf = sql`(select j.slug from journey_run jr join journey j on j.workspace_id = jr.workspace_id and j.id = jr.journey_id
  where jr.workspace_id = e.workspace_id and jr.run_id = e.run_id)`;

/** What happened to a contact over all its runs, newest first; one more than `limit` shows that there is more. */
export async function listMoments(tx: Tx, page: StoryPage): Promise<MomentRow[]> {
  const { workspaceId, contactId, limit } = page;
  const ofRun = sql`r.id as "runId", r.title as "runTitle", r.kind as "runKind"`;
  const mine = sql`r.workspace_id = ${workspaceId} and r.contact_id = ${contactId}`;
  const shows = (...parts: StoryPage['show'][]): boolean => page.show === 'all' || parts.includes(page.show);
  const isMissing = page.show === 'missing';
  const sources: RawBuilder<unknown>[] = [];
  if (shows('events'))
    sources.push(
      sql`select 'event ' || e.id as id, e.received_at as at, 'event' as kind, e.name as title, null as status,
        e.properties as detail, null::uuid as "runId", null as "runTitle", null as "runKind"
      from event e where e.workspace_id = ${workspaceId} and e.contact_id = ${contactId} and ${isBefore(page, sql`e.received_at`, sql`'event ' || e.id`)}`,
    );
  if (shows('consents'))
    sources.push(
      sql`select 'consent ' || c.id as id, c.at, 'consent' as kind, c.reason as title, case when c.is_open then 'open' else 'closed' end as status,
        jsonb_build_object('channel', c.channel, 'note', c.note) as detail, null::uuid as "runId", null as "runTitle", null as "runKind"
      from consent_change c where c.workspace_id = ${workspaceId} and c.contact_id = ${contactId} and ${isBefore(page, sql`c.at`, sql`'consent ' || c.id`)}`,
    );
  if (shows())
    sources.push(
      sql`select 'joined ' || a.external_id as id, a.at, 'joined' as kind, a.external_id as title, null as status,
        jsonb_strip_nulls(jsonb_build_object('email', a.email)) as detail, null::uuid as "runId", null as "runTitle", null as "runKind"
      from contact_alias a where a.workspace_id = ${workspaceId} and a.contact_id = ${contactId}
        and ${isBefore(page, sql`a.at`, sql`'joined ' || a.external_id`)}`,
    );
  if (page.runs && shows())
    sources.push(
      sql`select 'start ' || r.id as id, r.started_at as at, 'runStarted' as kind, r.title, null as status, '{}'::jsonb as detail, ${ofRun}
        from run r where ${mine} and ${isBefore(page, sql`r.started_at`, sql`'start ' || r.id`)}`,
      sql`select 'end ' || r.id as id, r.ended_at as at, 'runEnded' as kind, r.title, r.status, jsonb_build_object('outcome', r.outcome, 'reason', r.reason) as detail, ${ofRun}
        from run r where ${mine} and r.ended_at is not null and ${isBefore(page, sql`r.ended_at`, sql`'end ' || r.id`)}`,
      sql`select 'gate ' || g.id as id, g.decided_at as at, 'decision' as kind, g.title, g.status, jsonb_build_object('outcome',
          coalesce((select o ->> 'label' from jsonb_array_elements(g.outcomes) o where o ->> 'name' = g.outcome), g.outcome)) as detail, ${ofRun}
        from run r join gate g on g.workspace_id = r.workspace_id and g.run_id = r.id
        where ${mine} and g.decided_at is not null and ${isBefore(page, sql`g.decided_at`, sql`'gate ' || g.id`)}`,
    );
  if (page.runs && shows('missing'))
    sources.push(
      sql`select 'step ' || r.id || ' ' || s.seq as id, s.started_at as at, 'step' as kind, s.title, s.status, s.detail, ${ofRun}
        from run r join step s on s.workspace_id = r.workspace_id and s.run_id = r.id
        where ${mine} and not ${isMail(sql`s`)} and ${isMissing ? sql`s.status in ('skipped', 'failed')` : sql`true`}
          and ${isBefore(page, sql`s.started_at`, sql`'step ' || r.id || ' ' || s.seq`)}`,
    );
  if (page.runs && shows('mails', 'missing'))
    sources.push(
      sql`select 'mail ' || e.id as id, ${mailAt} as at, 'mail' as kind, coalesce(m.subject, ${stepTitle}) as title, e.state as status,
          jsonb_build_object('effectId', e.id, 'step', ${stepTitle}, 'stepId', e.step, 'journey', ${journeyOf}, 'reason', e.error ->> 'message',
            'delivery', ${deliveryOf(sql`e`)}) as detail, ${ofRun}
        from run r join effect e on e.workspace_id = r.workspace_id and e.run_id = r.id and e.kind = 'email' and not (e.request ? 'gate')
        left join mail m on m.workspace_id = e.workspace_id and m.effect_id = e.id
        where ${mine} and ${isMissing ? sql`e.state in ('suppressed', 'rejected', 'unknown')` : sql`true`}
          and ${isBefore(page, mailAt, sql`'mail ' || e.id`)}`,
      sql`select 'report ' || p.id as id, p.at, 'mailReport' as kind, m.subject as title, p.kind as status,
          jsonb_build_object('effectId', p.effect_id, 'code', p.status, 'words', p.diagnostic, 'recipient', m.recipient) as detail, ${ofRun}
        from mail_report p join mail m on m.workspace_id = p.workspace_id and m.effect_id = p.effect_id
        join effect e on e.workspace_id = m.workspace_id and e.id = m.effect_id join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
        where p.workspace_id = ${workspaceId} and p.contact_id = ${contactId}
          and ${isMissing ? sql`p.kind in ('bounced', 'softBounced', 'refused')` : sql`true`}
          and ${isBefore(page, sql`p.at`, sql`'report ' || p.id`)}`,
    );
  if (sources.length === 0) return [];
  const parts = sources.map((source) => sql`(${source} order by at desc, id desc limit ${sql.lit(limit + 1)})`);
  const { rows } = await sql<MomentRow>`
    select * from (${sql.join(parts, sql` union all `)}) moment order by at desc, id desc limit ${sql.lit(limit + 1)}`.execute(
    kysely(tx),
  );
  return rows;
}

/** Whether a step's mail says all that the step does. */
function isMail(step: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`exists (select from effect e where e.workspace_id = ${step}.workspace_id and e.run_id = ${step}.run_id and e.step = ${step}.step
    and e.visit = ${step}.visit and e.kind = 'email' and not (e.request ? 'gate'))`;
}

function isBefore({ before }: StoryPage, at: RawBuilder<unknown>, id: RawBuilder<unknown>): RawBuilder<unknown> {
  if (before === null) return sql`true`;
  // A cursor holds milliseconds, the database microseconds.
  return sql`(date_trunc('milliseconds', ${at}), ${id}) < (${before.at}::timestamptz, ${before.id})`;
}
