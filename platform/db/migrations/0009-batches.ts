import type { Kysely } from 'kysely';
import { announce, protect, statements } from './row-security.ts';

/** Document batches, their documents with every checkpoint, and the rows that were refused. Adds tables only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  for (const table of ['batch', 'document']) await protect(db, table, ['select', 'insert', 'update']);
  await protect(db, 'batch_row_error', ['select', 'insert', 'delete']);
  await announce(db, 'batch', 'batch');
}

const tables = `
create table batch (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  run_id uuid not null,
  name text not null,
  options jsonb not null,
  template jsonb not null,
  template_hash text not null,
  rows_key text not null,
  stage text not null default 'import',
  rows int not null default 0,
  row_errors int not null default 0,
  estimate jsonb,
  counts jsonb not null default '{}',
  paused text,
  budget_micros bigint not null,
  spent_micros bigint not null default 0,
  archive_key text,
  outcome text,
  rev bigint not null default 1,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index batch_newest on batch (workspace_id, id desc);
create index batch_of_run on batch (workspace_id, run_id);

create table document (
  workspace_id uuid not null,
  batch_id uuid not null,
  ordinal int not null,
  id uuid not null default uuidv7(),
  line int not null,
  key text not null,
  email text,
  "values" jsonb not null,
  generated text not null default 'pending' check (generated in ('pending', 'working', 'done', 'skipped', 'failed')),
  is_flagged boolean not null default false,
  rendered text not null default 'pending' check (rendered in ('pending', 'working', 'done', 'withheld', 'failed')),
  claim text,
  deaths int not null default 0,
  answers jsonb,
  findings jsonb not null default '[]',
  decision text check (decision in ('approve', 'reject')),
  decided_by text,
  content_hash text,
  usage jsonb,
  cost_micros bigint not null default 0,
  repairs int not null default 0,
  files jsonb,
  error jsonb,
  generated_at timestamptz,
  rendered_at timestamptz,
  primary key (workspace_id, batch_id, ordinal),
  unique (workspace_id, id),
  foreign key (workspace_id, batch_id) references batch (workspace_id, id)
);

create table batch_row_error (
  workspace_id uuid not null,
  batch_id uuid not null,
  line int not null,
  "column" int,
  code text not null,
  message text not null,
  primary key (workspace_id, batch_id, line),
  foreign key (workspace_id, batch_id) references batch (workspace_id, id)
);
`;
