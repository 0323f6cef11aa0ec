import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Contacts that were joined: the external id and the id of each that is gone lead to the one that stays, and `email` is its address where that one has
 * another. A run that ended because the person has another in its journey names that one: what it has mailed is not mailed again.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'contact_alias', ['select', 'insert', 'update']);
}

const tables = `
create table contact_alias (
  workspace_id uuid not null,
  external_id text not null,
  contact_id uuid not null,
  former_id uuid,
  email text,
  at timestamptz not null default now(),
  primary key (workspace_id, external_id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index contact_alias_of_contact on contact_alias (workspace_id, contact_id);
create index contact_alias_of_former on contact_alias (workspace_id, former_id) where former_id is not null;
alter table journey_run add column merged_into uuid;
grant update (contact_id) on event, consent_change, bulk_person to tl_app;
`;
