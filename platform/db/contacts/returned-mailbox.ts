import { sql } from 'kysely';
import { hasCome } from '../core/instants.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** A mailbox of returned mails, and the process that reads it. */
export type MailboxHolder = { name: string; holder: string };

/** How far a mailbox has been read: up to the mail `uid` of the numbers of `validity`, null before the first time; `unread` could not be read. */
export type MailboxPosition = { validity: string | null; uid: number; unread: number };

/** A process that dies or hangs loses the mailbox so long after its last mail; one mail takes a few calls, each of half a minute at most. */
const leaseSeconds = 180;

/** Takes or keeps the mailbox for a process. @returns how far it has been read; null while another process has it */
export async function holdMailbox(db: Db, { name, holder }: MailboxHolder): Promise<MailboxPosition | null> {
  const { rows } = await sql<{ validity: string | null; uid: string; unread: number }>`
    insert into returned_mailbox (name, holder, until) values (${name}, ${holder}, ${leaseEnd})
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where returned_mailbox.holder = excluded.holder or ${hasCome('returned_mailbox.until', leaseSeconds)}
    returning validity, uid, unread`.execute(kysely(db));
  return rows[0] ? { ...rows[0], uid: Number(rows[0].uid) } : null;
}

/** Notes how far a mailbox has been read, and keeps it. @returns false where another process has it now: this one is to stop */
export async function moveMailbox(
  db: Db,
  { name, holder }: MailboxHolder,
  { validity, uid, unread }: MailboxPosition,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update returned_mailbox set validity = ${validity}, uid = ${uid}, unread = ${unread}, until = ${leaseEnd}
    where name = ${name} and holder = ${holder}`.execute(kysely(db));
  return numAffectedRows > 0n;
}

const leaseEnd = sql`now() + make_interval(secs => ${sql.lit(leaseSeconds)})`;
