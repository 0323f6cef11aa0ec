import { type RawBuilder, sql } from 'kysely';
import type { MailDelivery } from '../../../../contracts/runs/effects-api.schema.ts';
import { calledName } from '../../contacts/contact-name.ts';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';
import { deliveryOf } from './mail-delivery.ts';
import { firstIdAt } from './runs-list.ts';

/** Whose mails a list shows: of a template (`version` null: in each of its versions), or of a step of a journey. Null filters nothing else. */
export type MailFilter = {
  workspaceId: string;
  of: { template: string; templateVersion: number | null } | { journey: string; step: string };
  /** The version of the journey that the run is in. */
  version: number | null;
  after: string | null;
  before: string | null;
  show: 'sent' | 'all';
};

/** A mail to a person with its run, newest first by its id. */
export type ListedMail = {
  id: string;
  run_id: string;
  external_id: string | null;
  contact_name: string | null;
  recipient: string | null;
  subject: string | null;
  journey: { slug: string; name: string; version: number } | null;
  step: string;
  step_title: string;
  template: string | null;
  state: string;
  reason: string | null;
  delivery: MailDelivery | null;
  at: Date;
};

const template = sql`((e.request -> 'content' ->> 'template') collate "C")`;

/** Where a page begins, and how many mails it has at most. */
type MailPage = { before: string | null; limit: number };

/** A page of the mails that a filter leaves, below `before`; one more than `limit` shows that there is a next page. */
export async function listMails(tx: Tx, filter: MailFilter, page: MailPage): Promise<ListedMail[]> {
  const ids = await mailIds(tx, filter, { ...page, limit: page.limit + 1 });
  return mailsOf(tx, filter, ids);
}

/** Mails by their ids, newest first. */
export async function mailsOf(
  tx: Tx,
  { workspaceId }: Pick<MailFilter, 'workspaceId'>,
  ids: readonly string[],
): Promise<ListedMail[]> {
  const { rows } = await sql<ListedMail>`
    select e.id, e.run_id, c.external_id, ${calledName(sql`c.attributes`)} as contact_name, m.recipient, m.subject,
      case when j.id is not null then jsonb_build_object('slug', j.slug, 'name', j.name, 'version', v.version) end as journey, e.step,
      coalesce((select s.title from step s where s.workspace_id = e.workspace_id and s.run_id = e.run_id and s.step = e.step
        order by s.seq desc limit 1), e.step) as step_title,
      e.request -> 'content' ->> 'template' as template, e.state, e.error ->> 'message' as reason, ${deliveryOf(sql`e`)} as delivery,
      coalesce(e.handed_off_at, e.settled_at, e.planned_at) as at
    from effect e join run r on r.workspace_id = e.workspace_id and r.id = e.run_id
    left join journey_run jr on jr.workspace_id = r.workspace_id and jr.run_id = r.id
    left join journey j on j.workspace_id = jr.workspace_id and j.id = jr.journey_id
    left join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
    left join contact c on c.workspace_id = r.workspace_id and c.id = r.contact_id
    left join mail m on m.workspace_id = e.workspace_id and m.effect_id = e.id
    where e.workspace_id = ${workspaceId} and e.id = any(${ids}::uuid[]) order by e.id desc`.execute(kysely(tx));
  return rows;
}

/** The ids of the next mails that a filter leaves, newest first below `before`. */
export async function mailIds(tx: Tx, filter: MailFilter, { before, limit }: MailPage): Promise<string[]> {
  const conditions = conditionsOf(filter);
  if (before !== null) conditions.push(sql`e.id < ${before}`);
  const those = sql.join(conditions, sql` and `);
  const { workspaceId, of } = filter;
  const newest = sql`order by id desc limit ${sql.lit(limit)}`;
  if ('template' in of)
    return idsOf(tx, sql`select e.id from effect e where ${those} and ${isOfTemplate(of)} ${newest}`);
  const journey = kysely(tx).selectFrom('journey').select('id').where('workspace_id', '=', workspaceId);
  const found = await journey.where('slug', '=', of.journey).executeTakeFirst();
  if (!found) return [];
  const ofStep = sql`e.step = ${of.step} and ${those}`;
  // The newest of all journeys that have a step of that name: in a large journey they are mostly its own.
  const wide = Math.min(limit * 20, mostLookedAt);
  const { rows: near } = await sql<{ id: string; isOwn: boolean }>`
    select e.id, r.subject_id = ${found.id} as "isOwn"
    from (select e.id, e.workspace_id, e.run_id from effect e where ${ofStep} order by e.id desc limit ${sql.lit(wide)}) e
    join run r on r.workspace_id = e.workspace_id and r.id = e.run_id order by e.id desc`.execute(kysely(tx));
  const own = near.flatMap(({ id, isOwn }) => (isOwn ? [id] : [])).slice(0, limit);
  if (own.length === limit || near.length < wide) return own;
  // A small one beside large ones: run by run, and sorted then.
  return idsOf(
    tx,
    sql`with mails as materialized (
        select e.id from run r cross join lateral (
          select * from effect where workspace_id = r.workspace_id and run_id = r.id offset 0) e
        where r.workspace_id = ${workspaceId} and r.subject_id = ${found.id} and ${ofStep})
      select id from mails ${newest}`,
  );
}

/** So many mails of a step are looked at, in the order of time, before the runs of the journey are. */
const mostLookedAt = 20_000;

async function idsOf(tx: Tx, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(kysely(tx));
  return rows.map(({ id }) => id);
}

function isOfTemplate({ template: name, templateVersion }: Extract<MailFilter['of'], { template: string }>) {
  if (templateVersion !== null) return sql`${template} = ${`${name}@${templateVersion}`}`;
  // What follows a name in a reference is an @: all of its versions lie between that and the next character.
  return sql`${template} >= ${`${name}@`} and ${template} < ${`${name}A`}`;
}

function conditionsOf({ workspaceId, version, after, before, show }: MailFilter): RawBuilder<unknown>[] {
  const conditions = [sql`e.workspace_id = ${workspaceId} and e.kind = 'email' and not (e.request ? 'gate')`];
  if (version !== null)
    conditions.push(sql`exists (select from journey_run jr join journey_version v on v.workspace_id = jr.workspace_id and v.id = jr.version_id
      where jr.workspace_id = e.workspace_id and jr.run_id = e.run_id and v.version = ${version})`);
  // Ids are made in the order of time.
  if (after !== null) conditions.push(sql`e.id >= ${firstIdAt(after)}`);
  if (before !== null) conditions.push(sql`e.id < ${firstIdAt(before)}`);
  if (show === 'sent')
    conditions.push(
      sql`(e.state in ('handedOff', 'done', 'unknown') or (e.state = 'resolved' and (e.resolution ->> 'happened')::boolean))`,
    );
  return conditions;
}
