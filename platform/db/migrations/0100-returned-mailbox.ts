import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * How far the mailbox of returned mails has been read, who reads it now and until when, and how many of its mails could not be read. It is of the
 * installation and has no workspace. Code of before neither reads nor writes it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
}

const table = `
create table returned_mailbox (
  name text primary key,
  validity text,
  uid bigint not null default 0,
  unread int not null default 0,
  holder text not null,
  until timestamptz not null
);
grant select, insert, update on returned_mailbox to tl_system;
`;
