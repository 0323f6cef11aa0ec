import { sql } from 'kysely';
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
 * The members who may decide: the one who is named, or all with the role; not the one who asked for it, unless there is no other. A
 * workspace of one person would stand still else.
 */
export async function assigneesOf(tx: Tx, gate: Assigned): Promise<Assignee[]> {
  const all = await namedBy(tx, gate);
  const others = all.filter(({ id }) => id !== gate.requestedBy);
  return others.length > 0 ? others : all;
}

/** The member who may not decide because they asked for it; null where they alone could. */
export async function separatedFrom(tx: Tx, gate: Assigned): Promise<string | null> {
  if (gate.requestedBy === null) return null;
  const all = await namedBy(tx, gate);
  return all.some(({ id }) => id !== gate.requestedBy) ? gate.requestedBy : null;
}

function namedBy(tx: Tx, { workspaceId, assigneeKind, assigneeId }: Assigned): Promise<Assignee[]> {
  return kysely(tx)
    .selectFrom('member')
    .select(['id', 'email', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where('disabled_at', 'is', null)
    .where(
      assigneeKind === 'member' ? sql<boolean>`id::text = ${assigneeId}` : sql<boolean>`${assigneeId} = any(roles)`,
    )
    .orderBy('id')
    .execute();
}
