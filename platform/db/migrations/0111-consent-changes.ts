import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * What each person has said about being written to, also after they have said something else; append-only, and gone with the contact. What
 * holds is in `opt_out` as before, which code of before goes on writing alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'consent_change', ['select', 'insert']);
}

const tables = `
create table consent_change (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  contact_id uuid not null,
  channel text not null,
  is_open boolean not null,
  reason text not null,
  note text,
  at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index consent_change_of_contact on consent_change (workspace_id, contact_id, at);
`;
