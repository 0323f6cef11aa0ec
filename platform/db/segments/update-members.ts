import { sql } from 'kysely';
import type { Condition } from '../../../contracts/journeys/conditions.schema.ts';
import { dueSql, ruleSql, ruleSubjects } from '../conditions/rule-sql.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A segment whose rule has the rules of those that it names in their place. */
export type KeptSegment = { workspaceId: string; id: string; rule: Condition };

/** A contact that is looked at, and why. */
export type Suspect = { id: string; reason: string };

/** A contact that has entered a segment or left it. */
export type MemberChange = { contact: string; hasEntered: boolean };

/**
 * Asks a segment's rule of contacts at `now`, and writes who has entered and who has left, with the reason, and when the clock alone may next change
 * it. Those that are gone are passed over; repeated it changes nothing. The caller holds the lock of the workspace's segments, so that nothing but an
 * erasure changes members meanwhile, and who is looked at is held until the end of the transaction.
 */
export async function updateMembers(
  tx: Tx,
  segment: KeptSegment,
  suspects: readonly Suspect[],
  now: number,
): Promise<MemberChange[]> {
  const asked = await ask(tx, segment, suspects, now);
  const reasons = new Map(suspects.map(({ id, reason }) => [id, reason]));
  const changed = asked.filter(({ holds, is_member: isMember }) => holds !== isMember);
  const dues = asked.filter(({ due, due_at: dueAt }) => due !== dueAt);
  if (changed.length > 0)
    await writeChanges(
      tx,
      segment,
      changed.map(({ id, holds }) => ({ id, holds, reason: reasons.get(id) ?? '' })),
    );
  if (dues.length > 0) await writeDues(tx, segment, dues);
  return changed.map(({ external_id: contact, holds: hasEntered }) => ({ contact, hasEntered }));
}

/** What is found of a contact; instants are epoch milliseconds. */
type Asked = {
  id: string;
  external_id: string;
  holds: boolean;
  is_member: boolean;
  due: number | null;
  due_at: number | null;
};

async function ask(
  tx: Tx,
  { workspaceId, id, rule }: KeptSegment,
  suspects: readonly Suspect[],
  now: number,
): Promise<Asked[]> {
  // Not `exists`, which Postgres may answer by reading all members.
  const due = dueSql(rule, { now }) ?? sql<null>`null::float8`;
  const own = sql`m.workspace_id = c.workspace_id and m.segment_id = ${id}::uuid and m.contact_id = c.id`;
  const { rows } = await sql<Asked>`
    select c.id, c.external_id, ${ruleSql(rule, { now })} as holds, ${due} as due,
      coalesce((select true from segment_member m where ${own}), false) as is_member,
      (select floor(extract(epoch from m.at) * 1000)::float8 from segment_due m where ${own}) as due_at
    from ${ruleSubjects} where c.workspace_id = ${workspaceId} and c.id = any(${suspects.map((one) => one.id)}::uuid[])
    order by c.id for key share of c`.execute(kysely(tx));
  return rows;
}

async function writeChanges(
  tx: Tx,
  { workspaceId, id }: KeptSegment,
  changes: readonly { id: string; holds: boolean; reason: string }[],
): Promise<void> {
  const coming = changes.filter(({ holds }) => holds).map((change) => change.id);
  const going = changes.filter(({ holds }) => !holds).map((change) => change.id);
  await sql`
    with entered as (insert into segment_member (workspace_id, segment_id, contact_id)
      select ${workspaceId}::uuid, ${id}::uuid, unnest(${coming}::uuid[])),
    gone as (delete from segment_member where workspace_id = ${workspaceId} and segment_id = ${id} and contact_id = any(${going}::uuid[]))
    insert into segment_change (workspace_id, segment_id, contact_id, has_entered, reason)
    select ${workspaceId}::uuid, ${id}::uuid, c.id, c.holds, c.reason
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as c(id uuid, holds boolean, reason text)`.execute(
    kysely(tx),
  );
}

async function writeDues(tx: Tx, { workspaceId, id }: KeptSegment, dues: readonly Asked[]): Promise<void> {
  const over = dues.filter(({ due }) => due === null).map((one) => one.id);
  const ahead = dues.filter(({ due }) => due !== null).map((one) => ({ id: one.id, due: one.due }));
  await sql`
    with over as (delete from segment_due where workspace_id = ${workspaceId} and segment_id = ${id} and contact_id = any(${over}::uuid[]))
    insert into segment_due (workspace_id, segment_id, contact_id, at)
    select ${workspaceId}::uuid, ${id}::uuid, d.id, to_timestamp(d.due / 1000)
    from jsonb_to_recordset(${JSON.stringify(ahead)}::jsonb) as d(id uuid, due float8)
    on conflict (workspace_id, segment_id, contact_id) do update set at = excluded.at`.execute(kysely(tx));
}
