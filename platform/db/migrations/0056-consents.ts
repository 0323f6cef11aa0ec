import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Who must not be written to, by person beside by address: `opt_out` holds through each change of address. What is stored by address is a keyed
 * hash, which no statement can compare with a contact; so an opt-out of before is taken over to the person in the moment in which it would
 * be lost, when the address changes (`keepOptOut`). Until then the address holds it, for old code too, which runs on unchanged.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'opt_out', ['select', 'insert', 'update', 'delete']);
}

const tables = `
create table opt_out (
  workspace_id uuid not null,
  contact_id uuid not null,
  channel text not null,
  reason text not null,
  note text,
  at timestamptz not null default now(),
  primary key (workspace_id, contact_id, channel),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
alter table suppression add column detail text;
`;
