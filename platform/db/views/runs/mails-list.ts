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

/** A page of the mails that a filter leaves, below `before`; one more than `limit` shows that there is a next page. */
export async function listMails(
  tx: Tx,
  filter: MailFilter,
  page: { before: string | null; limit: number },
): Promise<ListedMail[]> {
  const conditions = conditionsOf(filter);
  if (page.before !== null) conditions.push(sql`e.id < ${page.before}`);
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
    where ${sql.join(conditions, sql` and `)} order by e.id desc limit ${sql.lit(page.limit + 1)}`.execute(kysely(tx));
  return rows;
}

function conditionsOf({ workspaceId, of, version, after, before, show }: MailFilter): RawBuilder<unknown>[] {
  const conditions = [sql`e.workspace_id = ${workspaceId} and e.kind = 'email' and not (e.request ? 'gate')`];
  if ('journey' in of) conditions.push(sql`e.step = ${of.step} and j.slug = ${of.journey}`);
  // What follows a name in a reference is an @: all of its versions lie between that and the next character.
  else if (of.templateVersion === null)
    conditions.push(sql`${template} >= ${`${of.template}@`} and ${template} < ${`${of.template}A`}`);
  else conditions.push(sql`${template} = ${`${of.template}@${of.templateVersion}`}`);
  if (version !== null) conditions.push(sql`v.version = ${version}`);
  // Ids are made in the order of time.
  if (after !== null) conditions.push(sql`e.id >= ${firstIdAt(after)}`);
  if (before !== null) conditions.push(sql`e.id < ${firstIdAt(before)}`);
  if (show === 'sent')
    conditions.push(
      sql`(e.state in ('handedOff', 'done', 'unknown') or (e.state = 'resolved' and (e.resolution ->> 'happened')::boolean))`,
    );
  return conditions;
}
