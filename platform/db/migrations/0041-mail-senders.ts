import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** From whom the mails of a workspace come, where it is not the installation's sender. Code of before reads none of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
}

const columns = `
alter table workspace add column mail_from text, add column mail_name text, add column mail_reply_to text;
`;
