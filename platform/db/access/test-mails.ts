import { sql } from 'kysely';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** The words of a mail as it is sent. */
type MailWords = { subject: string; html: string };

/** A test mail whose time has come; only the holder of `attempt` may let it go. */
export type TestMail = { workspaceId: string; id: string; attempt: number };

/** Whom a test mail goes to: the address of the member who asked for it, whatever the mail says. */
export type MailToTest = { to: { name: string; address: string }; words: MailWords };

/** Test mails that one member gets within an hour: more than a morning's work on words, too few to fill a mailbox. */
export const testMailsAnHour = 20;
/** A pass that dies or is turned away is made again after this. */
const retrySeconds = 30;
/** One that cannot leave for so long is given up: who waits for it has asked again. */
const givenUpMinutes = 10;

/**
 * Notes a test mail to a member. @returns the address that it goes to; null where the member has had as many as an hour allows
 * @throws where the member is not there
 */
export async function askTestMail(
  tx: Tx,
  { workspaceId, memberId, words }: { workspaceId: string; memberId: string; words: MailWords },
): Promise<string | null> {
  // Two that are asked for at once count each other.
  const member = await kysely(tx)
    .selectFrom('member')
    .select('email')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', memberId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from test_mail
    where workspace_id = ${workspaceId} and member_id = ${memberId} and asked_at > now() - interval '1 hour'`.execute(
    kysely(tx),
  );
  if ((rows[0]?.count ?? 0) >= testMailsAnHour) return null;
  await askMemberMail(tx, { workspaceId, memberId, words });
  return member.email;
}

/** Notes a mail to a member that goes the way of a test: by the same ledger, to their own address, at most once. */
export async function askMemberMail(
  tx: Tx,
  { workspaceId, memberId, words }: { workspaceId: string; memberId: string; words: MailWords },
): Promise<void> {
  await kysely(tx)
    .insertInto('test_mail')
    .values({ workspace_id: workspaceId, member_id: memberId, words: JSON.stringify(words) })
    .execute();
}

/** Takes test mails that are due, and puts each off, so that a pass that dies is made again; forgets the words of old ones. `db` is the system role's. */
export async function takeTestMails(db: Db, limit: number): Promise<TestMail[]> {
  await sql`
    update test_mail set mail_at = null, words = null
    where words is not null and asked_at < now() - make_interval(mins => ${givenUpMinutes})`.execute(kysely(db));
  const { rows } = await sql<TestMail>`
    update test_mail set mail_at = now() + make_interval(secs => ${retrySeconds}), attempt = attempt + 1
    where (workspace_id, id) in
      (select workspace_id, id from test_mail where ${hasCome('mail_at', retrySeconds)} order by mail_at limit ${limit} for update skip locked)
    returning workspace_id as "workspaceId", id, attempt`.execute(kysely(db));
  return rows;
}

/** The mail itself; undefined where it has left or its member is disabled. */
export async function mailToTest(tx: Tx, { workspaceId, id }: TestMail): Promise<MailToTest | undefined> {
  const row = await kysely(tx)
    .selectFrom('test_mail')
    .innerJoin('member', (join) =>
      join.onRef('member.workspace_id', '=', 'test_mail.workspace_id').onRef('member.id', '=', 'test_mail.member_id'),
    )
    .select(['member.email', 'member.name', 'test_mail.words'])
    .where('test_mail.workspace_id', '=', workspaceId)
    .where('test_mail.id', '=', id)
    .where('member.disabled_at', 'is', null)
    .executeTakeFirst();
  // `askMemberMail` alone writes words.
  return row?.words ? { to: { name: row.name, address: row.email }, words: row.words as MailWords } : undefined;
}

/** The fence of a test mail: called at the instant its bytes leave. @returns false where another attempt holds it or has let it go */
export async function handOffTestMail(tx: Tx, { workspaceId, id, attempt }: TestMail): Promise<boolean> {
  const { numUpdatedRows } = await kysely(tx)
    .updateTable('test_mail')
    .set({ mail_at: null })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .where('mail_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** How an attempt ended: `later` has the mail sent again after a while, all else forgets its words. */
export async function endTestMail(
  tx: Tx,
  { workspaceId, id, attempt }: TestMail,
  end: 'over' | 'later',
): Promise<void> {
  const again = sql<Date>`now() + make_interval(secs => ${retrySeconds})`;
  await kysely(tx)
    .updateTable('test_mail')
    .set(end === 'over' ? { mail_at: null, words: null } : { mail_at: again })
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .where('attempt', '=', attempt)
    .execute();
}
