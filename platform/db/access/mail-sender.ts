import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Reading } from '../core/readings.ts';

/** From whom mails of a workspace come, by addresses of the settings; null is as the installation has it. */
export type MailSender = { from: string | null; name: string | null; replyTo: string | null };

/** What is set for a workspace. */
export function mailSender(workspaceId: string): Reading<MailSender> {
  return {
    query: sql`select mail_from as "from", mail_name as name, mail_reply_to as "replyTo" from workspace where id = ${workspaceId}`,
    from: ([row]) => (row as MailSender | undefined) ?? { from: null, name: null, replyTo: null },
  };
}

/** Sets it, by the operator. @returns whether there is a workspace of that slug */
export async function setMailSender(owner: Db, slug: string, { from, name, replyTo }: MailSender): Promise<boolean> {
  const { numUpdatedRows } = await kysely(owner)
    .updateTable('workspace')
    .set({ mail_from: from, mail_name: name, mail_reply_to: replyTo })
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
