import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/** Which run of a journey that is entered once has mailed an address from a step: contacts that share one get one mail. Old code notes none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'mailed_address', ['select', 'insert', 'update', 'delete']);
}

const tables = `
create table mailed_address (
  workspace_id uuid not null,
  version_id uuid not null,
  step text not null,
  address_hash text not null,
  run_id uuid not null,
  primary key (workspace_id, version_id, step, address_hash),
  foreign key (workspace_id, version_id) references journey_version (workspace_id, id),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index mailed_address_of_run on mailed_address (workspace_id, run_id);
`;
