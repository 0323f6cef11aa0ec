import { type RawBuilder, sql } from 'kysely';
import type { MailDelivery } from '../../../../contracts/runs/effects-api.schema.ts';
import { calledName } from '../../contacts/contact-name.ts';
import { kysely } from '../../core/kysely.ts';
import type { Tx } from '../../core/workspace.ts';
import { deliveryOf } from './mail-delivery.ts';
import { firstIdAt } from './run-filter.ts';

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
      e.template, e.state, e.error ->> 'message' as reason, ${deliveryOf(sql`e`)} as delivery,
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
  if ('template' in of) return idsOf(tx, ofTemplate(of, workspaceId, { those, newest }));
  const journey = sql`(select id from journey where workspace_id = ${workspaceId} and slug = ${of.journey})`;
  return idsOf(
    tx,
    sql`select e.id from effect e where e.subject_id = ${journey} and e.step = ${of.step} and ${those} ${newest}`,
  );
}

async function idsOf(tx: Tx, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(kysely(tx));
  return rows.map(({ id }) => id);
}

/** The newest mails of a template: of all its versions, the newest of each are looked at, which is a row of the index or two for each version. */
function ofTemplate(
  { template: name, templateVersion }: Extract<MailFilter['of'], { template: string }>,
  workspaceId: string,
  { those, newest }: Record<'those' | 'newest', RawBuilder<unknown>>,
): RawBuilder<unknown> {
  if (templateVersion !== null)
    return sql`select e.id from effect e where e.template = ${`${name}@${templateVersion}`} and ${those} ${newest}`;
  // What follows a name in a reference is an @: all of its versions lie between that and the next character.
  const next = (after: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    (select template from effect where workspace_id = ${workspaceId} and ${after} and template < ${`${name}A`} order by template limit 1)`;
  return sql`with recursive version as (
      ${next(sql`template >= ${`${name}@`}`)}
      union all select ${next(sql`template > version.template`)} from version where version.template is not null)
    select e.id from version v cross join lateral (
      select e.id from effect e where e.template = v.template and ${those} ${newest}) e ${newest}`;
}

function conditionsOf({ workspaceId, version, after, before, show }: MailFilter): RawBuilder<unknown>[] {
  const conditions = [sql`e.workspace_id = ${workspaceId} and e.kind = 'email' and not (e.request ? 'gate')`];
  if (version !== null)
    conditions.push(sql`exists (select from run r join journey_version v on v.workspace_id = r.workspace_id and v.id = r.version_id
      where r.workspace_id = e.workspace_id and r.id = e.run_id and v.version = ${version})`);
  // Ids are made in the order of time.
  if (after !== null) conditions.push(sql`e.id >= ${firstIdAt(after)}`);
  if (before !== null) conditions.push(sql`e.id < ${firstIdAt(before)}`);
  if (show === 'sent')
    conditions.push(
      sql`(e.state in ('handedOff', 'done', 'unknown') or (e.state = 'resolved' and (e.resolution ->> 'happened')::boolean))`,
    );
  return conditions;
}
