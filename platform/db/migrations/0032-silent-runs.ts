import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * The live runs that stood still and were woken by the sweep, and how often since their last turn. Workers of before know nothing of it:
 * they look after some of these runs in their own way, and a wake-up too many changes nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
  await protect(db, 'silent_run', ['select', 'delete']);
}

const table = `
create table silent_run (
  workspace_id uuid not null,
  run_id uuid not null,
  turn int not null,
  wakes int not null default 1,
  woken_at timestamptz not null default now(),
  primary key (workspace_id, run_id),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index run_acting on run (id) where ended_at is null and open <> '[]';
`;
