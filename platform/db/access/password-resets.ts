import { sql } from 'kysely';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** A request for a new password whose mail is due, as it was typed; only the holder of `attempt` may let the mail go. */
export type PasswordReset = { id: string; attempt: number; email: string; askedFrom: string };

/** Who is mailed about it: the address is the person's, however the request was typed. */
export type ResetPerson = { workspaceId: string; memberId: string; email: string; name: string };

/** How long a mailed link sets a password, in minutes. A request whose mail cannot leave for as long is forgotten. */
export const resetMinutes = 30;
/** Links that one person has at a time: enough for a mail that is late, too few to fill a mailbox. */
const mostLinks = 3;
/** A pass that dies or is turned away is made again after this. */
const retrySeconds = 30;

/** Notes that a new password is wanted for an address. It does the same for every address, so that its time tells nothing. */
export async function askPasswordReset(db: Db, asked: { email: string; from: string }): Promise<void> {
  await sql`select ask_password_reset(${asked.email}, ${asked.from})`.execute(kysely(db));
}

/** Takes requests whose mails are due, and puts each off, so that a pass that dies is made again. `db` is the system role's. */
export async function takePasswordResets(db: Db, limit: number): Promise<PasswordReset[]> {
  await sql`delete from password_reset where asked_at < now() - make_interval(mins => ${resetMinutes})`.execute(
    kysely(db),
  );
  const { rows } = await sql<PasswordReset>`
    update password_reset set mail_at = now() + make_interval(secs => ${retrySeconds}), attempt = attempt + 1
    where id in (select id from password_reset where ${hasCome('mail_at', retrySeconds)} order by mail_at limit ${limit} for update skip locked)
    returning id, attempt, email, asked_from as "askedFrom"`.execute(kysely(db));
  return rows;
}

/** Forgets a request. `db` is the system role's. */
export async function forgetPasswordReset(db: Db, { id, attempt }: PasswordReset): Promise<void> {
  await sql`delete from password_reset where id = ${id} and attempt = ${attempt}`.execute(kysely(db));
}

/** Who is to be mailed; undefined where the address is no member's, or only disabled ones', or has links enough. */
export async function findResetPerson(db: Db, email: string): Promise<ResetPerson | undefined> {
  const { rows } = await sql<ResetPerson>`
    select workspace_id as "workspaceId", member_id as "memberId", email, name from find_password_reset(${email}, ${mostLinks})`.execute(
    kysely(db),
  );
  return rows[0];
}

/**
 * The fence of a mail: called at the instant its bytes leave, it makes the link that they hold, and no later attempt gets the request.
 * @returns false where another attempt holds the request or has let the mail go, the member has been disabled, or the person has links enough; then nothing may leave
 */
export async function handOffPasswordReset(
  tx: Tx,
  { id, attempt }: PasswordReset,
  link: { tokenHash: Buffer; workspaceId: string; memberId: string },
): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select hand_off_password_reset(${id}, ${attempt}, ${link.tokenHash}, ${link.workspaceId}, ${link.memberId}, ${resetMinutes}, ${mostLinks}) as may`.execute(
    kysely(tx),
  );
  return rows[0]?.may ?? false;
}

/** After a mail server has said "later": the mail has not arrived, so its link goes, and the request is due again after a while. */
export async function takeBackPasswordReset(db: Db, { id, attempt }: PasswordReset, tokenHash: Buffer): Promise<void> {
  await sql`select take_back_password_reset(${id}, ${attempt}, ${tokenHash}, ${retrySeconds})`.execute(kysely(db));
}

/**
 * Uses a mailed link up: sets the password of its person, and ends their sessions and all other links. Undefined where it is used, expired
 * or unknown, or its member is disabled.
 */
export async function redeemPasswordReset(
  db: Db,
  tokenHash: Buffer,
  passwordHash: string,
): Promise<{ workspaceId: string; memberId: string } | undefined> {
  const { rows } = await sql<{ workspaceId: string; memberId: string }>`
    select workspace_id as "workspaceId", member_id as "memberId" from redeem_password_reset(${tokenHash}, ${passwordHash})`.execute(
    kysely(db),
  );
  return rows[0];
}
