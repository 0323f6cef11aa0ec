import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * The bytes of a settled effect move to the object store. `frozen` stays what it was for an effect that is not over, and old workers
 * read it of such effects alone. Bytes are moved by new workers only, which an upgrade starts after the new API: so no API that knows
 * nothing of the objects erases a contact once there are any. The tables are locked in the order in which all code locks them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'effect_object', ['select', 'update']);
}

const tables = `
create index run_by_end on run (ended_at) where ended_at is not null;
alter table effect add column frozen_size bigint, add column frozen_hash text, add column frozen_key text;
create index effect_frozen on effect (workspace_id, id) where frozen is not null;
create index effect_stored on effect ((coalesce(settled_at, planned_at))) where frozen_key is not null;
create index effect_by_hash on effect (workspace_id, frozen_hash) where frozen_key is not null;

create table effect_object (
  workspace_id uuid not null references workspace,
  hash text not null,
  size bigint not null,
  stored_at timestamptz not null default now(),
  check_at timestamptz,
  primary key (workspace_id, hash)
);
create index effect_object_to_check on effect_object (check_at) where check_at is not null;
`;
