import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Which version a journey run follows and what started it. Adds a table only; code before it starts no journey runs. Its
 * `contact_id` has no foreign key: the run is kept, without personal facts, when its contact is erased.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
  await protect(db, 'journey_run', ['select', 'insert', 'update']);
}

const table = `
create table journey_run (
  workspace_id uuid not null,
  run_id uuid not null,
  journey_id uuid not null,
  version_id uuid not null,
  contact_id uuid not null,
  entry jsonb not null,
  primary key (workspace_id, run_id),
  foreign key (workspace_id, run_id) references run (workspace_id, id),
  foreign key (workspace_id, journey_id) references journey (workspace_id, id),
  foreign key (workspace_id, version_id) references journey_version (workspace_id, id)
);
create index journey_run_of_contact on journey_run (workspace_id, contact_id, journey_id);
`;
