import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import type { Tx } from '../core/workspace.ts';

/** From whom mails of a workspace come, by addresses of the settings; null is as the installation has it. */
export type MailSender = { from: string | null; name: string | null; replyTo: string | null };

/** What is set for a workspace. */
export async function findMailSender(tx: Tx, workspaceId: string): Promise<MailSender> {
  const found = await kysely(tx)
    .selectFrom('workspace')
    .select(['mail_from as from', 'mail_name as name', 'mail_reply_to as replyTo'])
    .where('id', '=', workspaceId)
    .executeTakeFirst();
  return found ?? { from: null, name: null, replyTo: null };
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
