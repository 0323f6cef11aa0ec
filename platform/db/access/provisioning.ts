import { sql } from 'kysely';
import type { Role } from '../../../contracts/access/access.ts';
import { hashToken, newToken } from '../../tokens.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { inTransaction, type Tx } from '../core/workspace.ts';

/** How long a setup link lives: long enough to read the terminal, short enough for a log file to be harmless. */
const setupMinutes = 60;
/** How long the launcher's own sign-in link lives. */
const signInMinutes = 60;

/**
 * Acts of the operator of the installation, for the launcher and the command line. All of them take a database opened as
 * `tl_owner`: `createDb(config, 'tl_owner', 1)`.
 */

/** Makes the token of a one-time setup link (`/setup/{token}`), or null once the installation has an admin. */
export async function createSetupLink(owner: Db): Promise<string | null> {
  const done = await sql`select 1 from installation`.execute(kysely(owner));
  if (done.rows.length > 0) return null;
  const token = newToken();
  await sql`insert into sign_in_link (token_hash, purpose, expires_at)
    values (${hashToken(token)}, 'setup', now() + make_interval(mins => ${setupMinutes}))`.execute(kysely(owner));
  return token;
}

/** Makes the workspace unless one with that slug exists. @returns its id */
export async function ensureWorkspace(owner: Db, workspace: { slug: string; name: string }): Promise<string> {
  await kysely(owner)
    .insertInto('workspace')
    .values(workspace)
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .execute();
  const row = await kysely(owner)
    .selectFrom('workspace')
    .select('id')
    .where('slug', '=', workspace.slug)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Makes a workspace. @returns its id; null where one has that slug */
export async function createWorkspaceOnce(
  owner: Db,
  workspace: { slug: string; name: string },
): Promise<string | null> {
  const row = await kysely(owner)
    .insertInto('workspace')
    .values(workspace)
    .onConflict((conflict) => conflict.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The memberships of an address that are not disabled, with the slugs of their workspaces. */
export async function findMembers(
  owner: Db,
  email: string,
): Promise<{ workspaceId: string; memberId: string; slug: string }[]> {
  const { rows } = await sql<{ workspaceId: string; memberId: string; slug: string }>`
    select m.workspace_id as "workspaceId", m.id as "memberId", w.slug from member m
    join workspace w on w.id = m.workspace_id where lower(m.email) = lower(${email}) and m.disabled_at is null order by w.slug`.execute(
    kysely(owner),
  );
  return rows;
}

/** Who is to be a member of a workspace. */
export type NewMember = { workspaceId: string; email: string; name: string; roles: Role[] };

/**
 * Makes the person and the membership unless they exist; roles of an existing member stay. A person who was a member of other workspaces
 * alone begins anew: their password, sessions and links may be those of an admin there, who has invited the address without owning it.
 * @returns the member's id
 */
export async function ensureMember(owner: Db, member: NewMember): Promise<string> {
  return inTransaction(owner, async (tx) => {
    await sql`insert into person (email, name) values (${member.email}, ${member.name}) on conflict (lower(email)) do nothing`.execute(
      kysely(tx),
    );
    const { rows } = await sql<{
      id: string;
    }>`select id from person where lower(email) = lower(${member.email})`.execute(kysely(tx));
    const personId = rows[0]?.id;
    if (personId === undefined) throw new Error('The person was just made and cannot be found');
    const { rows: joined } = await sql`select join_memberships(${personId}) from member m
      where m.workspace_id = ${member.workspaceId} and lower(m.email) = lower(${member.email}) and m.person_id <> ${personId}`.execute(
      kysely(tx),
    );
    const made = await kysely(tx)
      .insertInto('member')
      .values({
        workspace_id: member.workspaceId,
        person_id: personId,
        email: member.email,
        name: member.name,
        roles: member.roles,
      })
      .onConflict((conflict) => conflict.columns(['workspace_id', 'person_id']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made || joined.length > 0) await beginAnew(tx, personId, member.workspaceId);
    if (member.roles.includes('admin')) {
      await sql`insert into installation (first_admin) values (${personId}) on conflict do nothing`.execute(kysely(tx));
    }
    const row = await kysely(tx)
      .selectFrom('member')
      .select('id')
      .where('workspace_id', '=', member.workspaceId)
      .where('person_id', '=', personId)
      .executeTakeFirstOrThrow();
    return row.id;
  });
}

async function beginAnew(tx: Tx, personId: string, workspaceId: string): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from member where person_id = ${personId} and workspace_id <> ${workspaceId}`.execute(kysely(tx));
  if (rows.length === 0) return;
  const elsewhere = rows.map(({ id }) => id);
  await sql`update person set password_hash = null where id = ${personId}`.execute(kysely(tx));
  await sql`delete from session where person_id = ${personId}`.execute(kysely(tx));
  await sql`update sign_in_link set used_at = now() where member_id = any(${elsewhere}::uuid[]) and used_at is null`.execute(
    kysely(tx),
  );
}

/** Makes the token of a one-time sign-in link (`/sign-in/{token}`) for a member. */
export async function createSignInLink(owner: Db, of: { workspaceId: string; memberId: string }): Promise<string> {
  const token = newToken();
  await sql`insert into sign_in_link (token_hash, purpose, workspace_id, member_id, expires_at)
    values (${hashToken(token)}, 'signIn', ${of.workspaceId}, ${of.memberId}, now() + make_interval(mins => ${signInMinutes}))`.execute(
    kysely(owner),
  );
  return token;
}

/** Whether the database knows all of these different keys and has revoked none. */
export async function areKeysValid(owner: Db, secrets: readonly string[]): Promise<boolean> {
  const rows = await kysely(owner)
    .selectFrom('api_key')
    .select('id')
    .where('key_hash', 'in', secrets.map(hashToken))
    .where('revoked_at', 'is', null)
    .execute();
  return rows.length === secrets.length;
}

/** Makes an API key. @returns the secret, which is stored nowhere */
export async function createOperatorKey(
  owner: Db,
  key: { workspaceId: string; name: string; scopes: string[] },
): Promise<string> {
  const secret = `tl_${newToken()}`;
  await kysely(owner)
    .insertInto('api_key')
    .values({
      workspace_id: key.workspaceId,
      name: key.name,
      prefix: secret.slice(0, 9),
      key_hash: hashToken(secret),
      scopes: key.scopes,
    })
    .execute();
  return secret;
}
