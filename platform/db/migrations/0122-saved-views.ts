import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/** What members have narrowed a list to and given a name, each for themselves. Code of before neither writes nor reads it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'saved_view', ['select', 'insert', 'update', 'delete']);
}

const tables = `
create table saved_view (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  member_id uuid not null,
  page text not null,
  name text not null,
  query jsonb not null,
  saved_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, member_id, page, name),
  foreign key (workspace_id, member_id) references member (workspace_id, id)
);
`;
