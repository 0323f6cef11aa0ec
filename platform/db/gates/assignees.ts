import { sql, type RawBuilder } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** What is to be decided: by whom, and who asked for it. */
export type Assigned = {
  workspaceId: string;
  assigneeKind: string;
  assigneeId: string;
  requestedBy: string | null;
};

/** A member who may decide. */
export type Assignee = { id: string; email: string; name: string };

/**
 * The members who may decide: the one who is named, or all with the role, and the admins where that is nobody any more; not the one who asked for
 * it, unless there is no other. A workspace of one person would stand still else.
 */
export async function assigneesOf(tx: Tx, gate: Assigned): Promise<Assignee[]> {
  const all = await decidersOf(tx, gate);
  const others = all.filter(({ id }) => id !== gate.requestedBy);
  return others.length > 0 ? others : all;
}

/** The member who may not decide because they asked for it; null where they alone could. */
export async function separatedFrom(tx: Tx, gate: Assigned): Promise<string | null> {
  if (gate.requestedBy === null) return null;
  const all = await decidersOf(tx, gate);
  return all.some(({ id }) => id !== gate.requestedBy) ? gate.requestedBy : null;
}

/** Whether nobody is there whom a gate names: it is the admins' then. */
export async function isLeft(tx: Tx, { workspaceId, assigneeKind, assigneeId }: Assigned): Promise<boolean> {
  const place = {
    workspaceId: sql`${workspaceId}::uuid`,
    kind: sql`${assigneeKind}::text`,
    id: sql`${assigneeId}::text`,
  };
  const { rows } = await sql<{ left: boolean }>`select ${nobodyIsNamed(place)} as left`.execute(kysely(tx));
  return rows[0]?.left ?? false;
}

type Sql = RawBuilder<unknown>;

/** The condition that no member who may sign in, and no key that may decide, is named by an assignee. A key stands for what its maker may give. */
export function nobodyIsNamed({
  workspaceId,
  kind,
  id,
}: {
  workspaceId: Sql;
  kind: Sql;
  id: Sql;
}): RawBuilder<boolean> {
  return sql<boolean>`(not exists (select from member m where m.workspace_id = ${workspaceId} and m.disabled_at is null
      and m.id = ${memberIdOf(kind, id)})
    and not exists (select from member m where ${kind} = 'role' and m.workspace_id = ${workspaceId} and m.disabled_at is null
      and ${id} = any(m.roles))
    and not exists (select from api_key k left join member m on m.workspace_id = k.workspace_id and m.id = k.created_by
      where k.workspace_id = ${workspaceId} and ${kind} = 'role' and k.scopes @> array['gates:decide', 'role:' || ${id}]
      and k.revoked_at is null and coalesce(k.expires_at > now(), true)
      and (k.created_by is null or m.disabled_at is null and m.roles && array['admin', ${id}])))`;
}

/** The condition that another member than who asked for a gate may decide it, as `separatedFrom` says of one. */
export function othersDecide({
  workspaceId,
  kind,
  id,
  requestedBy,
}: {
  workspaceId: Sql;
  kind: Sql;
  id: Sql;
  requestedBy: Sql;
}): RawBuilder<boolean> {
  return sql<boolean>`exists (select from member m where m.workspace_id = ${workspaceId} and m.disabled_at is null and m.id <> ${requestedBy}
    and case when ${nobodyIsNamed({ workspaceId, kind, id })} then 'admin' = any(m.roles)
      else ${kind} = 'role' and ${id} = any(m.roles) or m.id = ${memberIdOf(kind, id)} end)`;
}

const idPattern = '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$';

/** The member whom an assignee names, by which the index finds them; null where it names a role, or nobody that there can be. */
function memberIdOf(kind: Sql, id: Sql): RawBuilder<string | null> {
  return sql`case when ${kind} = 'member' then substring(${id} from ${sql.lit(idPattern)})::uuid end`;
}

/** Has the open gates that are the admins' now mailed to them, once to each. One that is locked is being decided, and needs no mail. */
export async function mailLeftGates(tx: Tx, workspaceId: string): Promise<void> {
  const place = { workspaceId: sql`gate.workspace_id`, kind: sql`gate.assignee_kind`, id: sql`gate.assignee_id` };
  await sql`
    update gate set mail_at = now() where workspace_id = ${workspaceId} and id in (
      select id from gate where workspace_id = ${workspaceId} and status = 'open' and ${nobodyIsNamed(place)} for no key update skip locked)`.execute(
    kysely(tx),
  );
}

async function decidersOf(tx: Tx, gate: Assigned): Promise<Assignee[]> {
  return (await isLeft(tx, gate))
    ? namedBy(tx, { ...gate, assigneeKind: 'role', assigneeId: 'admin' })
    : namedBy(tx, gate);
}

function namedBy(tx: Tx, { workspaceId, assigneeKind, assigneeId }: Assigned): Promise<Assignee[]> {
  return kysely(tx)
    .selectFrom('member')
    .select(['id', 'email', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where('disabled_at', 'is', null)
    .where(
      assigneeKind === 'member'
        ? sql<boolean>`id = ${memberIdOf(sql`${assigneeKind}::text`, sql`${assigneeId}::text`)}`
        : sql<boolean>`${assigneeId} = any(roles)`,
    )
    .orderBy('id')
    .execute();
}
