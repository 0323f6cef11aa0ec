import { sql } from 'kysely';
import type { Role } from '../../../contracts/access/access.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** A live session with its member as they are now. */
export type SessionRow = {
  workspaceId: string;
  personId: string;
  memberId: string;
  name: string;
  roles: Role[];
  expiresAt: Date;
};

/**
 * Opens a session for a member who is not disabled; `tokenHash` is what the cookie's token hashes to. `isByLink`: it may set a password
 * without the old one, once.
 */
export async function openSession(
  db: Db | Tx,
  session: { tokenHash: Buffer; workspaceId: string; memberId: string; expiresAt: Date; isByLink?: boolean },
): Promise<void> {
  const { tokenHash, workspaceId, memberId, expiresAt, isByLink = false } = session;
  await sql`select open_session_by(${tokenHash}, ${workspaceId}, ${memberId}, ${expiresAt}, ${isByLink})`.execute(
    kysely(db),
  );
}

/** The session of a token while it lives: not past its end, used within three days, its member not disabled. */
export async function findSession(db: Db, tokenHash: Buffer): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`
    select workspace_id as "workspaceId", person_id as "personId", member_id as "memberId", name, roles, expires_at as "expiresAt"
    from find_session(${tokenHash})`.execute(kysely(db));
  return rows[0];
}

/** Ends a session; ending one that is over changes nothing. */
export async function closeSession(db: Db | Tx, tokenHash: Buffer): Promise<void> {
  await sql`select close_session(${tokenHash})`.execute(kysely(db));
}

/** What sign-in needs to check a password, for the person's first workspace or the named one. */
export type Login = { personId: string; passwordHash: string | null; workspaceId: string; memberId: string };

/** The login of an e-mail, or undefined where it is no member. */
export async function findLogin(db: Db, email: string, workspace: string | null): Promise<Login | undefined> {
  const { rows } = await sql<Login>`
    select person_id as "personId", password_hash as "passwordHash", workspace_id as "workspaceId", member_id as "memberId"
    from find_login(${email}, ${workspace})`.execute(kysely(db));
  return rows[0];
}

/** What is counted of attempts: whose they are, within how many minutes, and how many there may be. */
export type AttemptLimit = { subject: Buffer; minutes: number; most: number };

/** Counts an attempt, unless there were too many: a refused one is not counted. @returns whether it may be made */
export async function tryAttempt(db: Db, { subject, minutes, most }: AttemptLimit): Promise<boolean> {
  const { rows } = await sql<{
    may: boolean;
  }>`select try_attempt(${subject}, ${minutes}, ${most}) as may`.execute(kysely(db));
  return rows[0]?.may ?? false;
}

/** Takes the last attempt of `subject` back: it has succeeded, and only failures are counted. */
export async function takeBackAttempt(db: Db, subject: Buffer): Promise<void> {
  await sql`select take_back_attempt(${subject})`.execute(kysely(db));
}

/** Forgets the attempts of `subject`: it has signed in. */
export async function forgetAttempts(db: Db, subject: Buffer): Promise<void> {
  await sql`select forget_attempts(${subject})`.execute(kysely(db));
}

/** The password hash of the session's person, and whether the session may set another without it; undefined for a dead session. */
export async function passwordOfSession(
  db: Db,
  tokenHash: Buffer,
): Promise<{ passwordHash: string | null; isByLink: boolean } | undefined> {
  const { rows } = await sql<{ passwordHash: string | null; isByLink: boolean }>`
    select password_hash as "passwordHash", by_link as "isByLink" from password_behind_session(${tokenHash})`.execute(
    kysely(db),
  );
  return rows[0];
}

/** Sets the password of the session's person and ends their other sessions. @returns false for a dead session */
export async function setPassword(db: Db, tokenHash: Buffer, passwordHash: string): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`select set_password(${tokenHash}, ${passwordHash}) as done`.execute(
    kysely(db),
  );
  return rows[0]?.done ?? false;
}

/** The workspaces in which a person is a member. */
export async function workspacesOfPerson(
  db: Db,
  personId: string,
): Promise<{ id: string; slug: string; name: string; zone: string; memberId: string }[]> {
  const { rows } = await sql<{ id: string; slug: string; name: string; zone: string; memberId: string }>`
    select id, slug, name, zone, member_id as "memberId" from workspaces_of_person(${personId})`.execute(kysely(db));
  return rows;
}

/** What a one-time link does. */
export type LinkPurpose = 'setup' | 'signIn' | 'passwordReset';

/** What a link page shows before its button is pressed; undefined for an unknown token. */
export async function findSignInLink(
  db: Db,
  tokenHash: Buffer,
): Promise<{ purpose: LinkPurpose; usable: boolean; name: string | null } | undefined> {
  const { rows } = await sql<{ purpose: LinkPurpose; usable: boolean; name: string | null }>`
    select purpose, usable, name from find_sign_in_link(${tokenHash})`.execute(kysely(db));
  return rows[0];
}

/** Uses a sign-in link up; undefined where it is used, expired or unknown. */
export async function redeemSignInLink(
  db: Db,
  tokenHash: Buffer,
): Promise<{ workspaceId: string; memberId: string } | undefined> {
  const { rows } = await sql<{
    workspaceId: string;
    memberId: string;
  }>`select workspace_id as "workspaceId", member_id as "memberId" from redeem_sign_in_link(${tokenHash})`.execute(
    kysely(db),
  );
  return rows[0];
}

/** What the first admin gives. */
export type FirstAdmin = {
  workspaceSlug: string;
  workspaceName: string;
  email: string;
  name: string;
  passwordHash: string;
};

/**
 * Uses the setup link up and makes the first workspace with its admin. Undefined where the link is used, expired or unknown.
 * @throws a unique violation once the installation has an admin, whatever the link says
 */
export async function redeemSetup(
  db: Db,
  tokenHash: Buffer,
  admin: FirstAdmin,
): Promise<{ workspaceId: string; memberId: string } | undefined> {
  const { rows } = await sql<{ workspaceId: string; memberId: string }>`
    select workspace_id as "workspaceId", member_id as "memberId" from redeem_setup(${tokenHash}, ${admin.workspaceSlug},
      ${admin.workspaceName}, ${admin.email}, ${admin.name}, ${admin.passwordHash})`.execute(kysely(db));
  return rows[0];
}
