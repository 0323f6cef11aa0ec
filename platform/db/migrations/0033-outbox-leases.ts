import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Who dispatches which part of the outbox, until when, and who is there to do so. Workers of before hold advisory locks on the parts
 * instead: a part whose lock they have is leased to nobody, so they keep all of them until the last has gone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
}

const tables = `
create table dispatcher (
  name text primary key,
  until timestamptz not null
);
create table outbox_partition (
  partition int primary key,
  holder text,
  until timestamptz not null default '-infinity'
);
insert into outbox_partition (partition) select generate_series(0, 15);
grant select, insert, update, delete on dispatcher to tl_system;
grant select, update on outbox_partition to tl_system;
`;
