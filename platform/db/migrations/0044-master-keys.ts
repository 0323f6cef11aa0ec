import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A row for each master key that an installation has used, by its id; one of before is kept sealed by the key of now once
 * `throughline keys rotate` has gone through. It is of the installation and has no workspace. An opt-out says which key made its hash; code of
 * before leaves that empty.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
}

const table = `
create table master_key (
  id text primary key,
  noted_at timestamptz not null default now(),
  ciphertext bytea,
  sealed_by text,
  check ((ciphertext is null) = (sealed_by is null))
);
grant select, insert on master_key to tl_app;
grant select, insert, update, delete on master_key to tl_system;
alter table suppression add column key_id text;
`;
