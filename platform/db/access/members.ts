import { sql, type Selectable } from 'kysely';
import type { Role } from '../../../contracts/access/access.ts';
import type { Database } from '../tables/tables.ts';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** A member's row. */
export type MemberRow = Selectable<Database['member']>;

/** A page of members, newest first, below `before`. */
export async function listMembers(
  tx: Tx,
  page: { workspaceId: string; before: string | null; limit: number },
): Promise<MemberRow[]> {
  let query = kysely(tx).selectFrom('member').selectAll().where('workspace_id', '=', page.workspaceId);
  if (page.before !== null) query = query.where('id', '<', page.before);
  return query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
}

/** One member; undefined where the workspace has none with that id. */
export async function findMember(tx: Tx, workspaceId: string, id: string): Promise<MemberRow | undefined> {
  return kysely(tx)
    .selectFrom('member')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/**
 * Makes a person a member of the transaction's workspace. A person of another workspace is a new one here, until a mailed link proves
 * that both have the address. Null where the e-mail is a member already.
 */
export async function inviteMember(
  tx: Tx,
  member: { email: string; name: string; roles: readonly Role[] },
): Promise<string | null> {
  const { rows } = await sql<{ id: string | null }>`
    select invite_member(${member.email}, ${member.name}, ${[...member.roles]}::text[]) as id`.execute(kysely(tx));
  return rows[0]?.id ?? null;
}

/** Changes a member, whose sessions end when they are disabled; locks the workspace's admins first, so that two changes cannot remove the last one between them. */
export async function changeMember(
  tx: Tx,
  change: { workspaceId: string; id: string; roles?: readonly Role[]; disabled?: boolean },
): Promise<'changed' | 'unknown' | 'lastAdmin'> {
  const admins = await kysely(tx)
    .selectFrom('member')
    .select('id')
    .where('workspace_id', '=', change.workspaceId)
    .where('disabled_at', 'is', null)
    .where(sql<boolean>`'admin' = any(roles)`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  const member = await findMember(tx, change.workspaceId, change.id);
  if (!member) return 'unknown';
  const staysAdmin =
    (change.roles ?? member.roles).includes('admin') && !(change.disabled ?? member.disabled_at !== null);
  if (!staysAdmin && admins.every((admin) => admin.id === change.id)) return 'lastAdmin';
  await kysely(tx)
    .updateTable('member')
    .set({
      ...(change.roles ? { roles: [...change.roles] } : {}),
      ...(change.disabled === undefined
        ? {}
        : { disabled_at: change.disabled ? sql<Date>`coalesce(disabled_at, now())` : null }),
    })
    .where('workspace_id', '=', change.workspaceId)
    .where('id', '=', change.id)
    .execute();
  if (change.disabled === true) await sql`select end_sessions(${change.id})`.execute(kysely(tx));
  return 'changed';
}

/**
 * Takes the password of a member and ends their sessions and links, so that only a new link lets them in; false for a person of several
 * workspaces.
 */
export async function takePassword(tx: Tx, memberId: string): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`select take_password(${memberId}) as taken`.execute(kysely(tx));
  return rows[0]?.taken ?? false;
}

/** Makes a one-time sign-in link for a member; false for a disabled one or a person of several workspaces. */
export async function insertSignInLink(
  tx: Tx,
  link: { tokenHash: Buffer; memberId: string; expiresAt: Date },
): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`
    select make_sign_in_link(${link.tokenHash}, ${link.memberId}, ${link.expiresAt}) as made`.execute(kysely(tx));
  return rows[0]?.made ?? false;
}
