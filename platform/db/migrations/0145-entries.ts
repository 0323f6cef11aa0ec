import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Entries of many people: an operation that may be paused and says by code why some did not enter, and the people whom it names; and what works the
 * runs of who enters by an event, where a journey does not say. Code of before makes no such operation, and leaves one that is paused alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'bulk_person', ['select', 'insert', 'delete']);
  await protect(db, 'journey_policy', ['select', 'insert', 'update']);
}

const tables = `
alter table bulk_operation drop constraint bulk_operation_state_check,
  add constraint bulk_operation_state_check check (state in ('running', 'paused', 'done', 'cancelled')),
  add column reasons jsonb not null default '{}';
create table journey_policy (
  workspace_id uuid primary key references workspace,
  execution text not null check (execution in ('pooled', 'dedicated'))
);
create table bulk_person (
  workspace_id uuid not null,
  bulk_id uuid not null,
  contact_id uuid not null,
  primary key (workspace_id, bulk_id, contact_id),
  foreign key (workspace_id, bulk_id) references bulk_operation (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index bulk_person_of_contact on bulk_person (workspace_id, contact_id);
`;
