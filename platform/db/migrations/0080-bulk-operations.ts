import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/** Operations on many runs, which the server does piece by piece, and the runs that refused. Code of before knows neither. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'bulk_operation', ['select', 'insert', 'update']);
  await protect(db, 'bulk_refusal', ['select', 'insert']);
}

const tables = `
create table bulk_operation (
  workspace_id uuid not null references workspace (id) on delete cascade,
  id uuid not null,
  kind text not null,
  reason text not null,
  selection jsonb not null,
  subject_id uuid,
  actor jsonb not null,
  requested_by uuid,
  state text not null default 'running' check (state in ('running', 'done', 'cancelled')),
  cursor uuid,
  total int not null,
  done int not null default 0,
  refused int not null default 0,
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (workspace_id, id)
);
create index bulk_operation_running on bulk_operation (created_at) where state = 'running';
create table bulk_refusal (
  workspace_id uuid not null,
  bulk_id uuid not null,
  run_id uuid not null,
  code text not null,
  message text not null,
  primary key (workspace_id, bulk_id, run_id),
  foreign key (workspace_id, bulk_id) references bulk_operation (workspace_id, id) on delete cascade
);
`;
