import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Mails that people send to themselves to see how they read, as a queue: a row holds its words until the mail has left, and stays a while
 * to be counted. `mail_at` is empty once it has left. Code of before neither writes nor reads it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'test_mail', ['select', 'insert', 'update']);
}

const tables = `
create table test_mail (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  member_id uuid not null,
  words jsonb,
  asked_at timestamptz not null default now(),
  mail_at timestamptz default now(),
  attempt int not null default 0,
  primary key (workspace_id, id),
  foreign key (workspace_id, member_id) references member (workspace_id, id)
);
create index test_mail_due on test_mail (mail_at) where mail_at is not null;
create index test_mail_of_member on test_mail (workspace_id, member_id, asked_at);
`;
