import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Mails that a person writes to the learners of a course run. Whom one went to stands in the mailboxes of their runs, what became of it in the
 * ledger; a row has the words and how many they were. Code of before neither writes nor reads it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'course_message', ['select', 'insert']);
}

const tables = `
create table course_message (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  course_run_id uuid not null,
  audience text not null,
  subject text not null,
  words text not null,
  recipients int not null,
  sent_by text,
  sent_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, course_run_id) references course_run (workspace_id, id)
);
create index course_message_of_run on course_message (workspace_id, course_run_id, id desc);
`;
