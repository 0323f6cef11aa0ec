import type { Kysely } from 'kysely';
import { announce, protect, statements } from './row-security.ts';

/**
 * The engine's tables: runs with every turn's state, their mailboxes, the timeline, effects, gates, the outbox, incidents
 * and the change log. Nothing of it runs before this migration.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  const full = ['select', 'insert', 'update', 'delete'] as const;
  for (const table of [
    'run',
    'run_turn',
    'run_inbox',
    'step',
    'effect',
    'gate',
    'gate_vote',
    'gate_link',
    'incident',
  ]) {
    await protect(db, table, [...full]);
  }
  await protect(db, 'outbox', ['select', 'insert', 'update']);
  await protect(db, 'change_log', ['insert']);
  await statements(db, 'grant usage on all sequences in schema public to tl_app, tl_system;\n');
  for (const [table, topic] of Object.entries({ run: 'run', gate: 'gate', incident: 'incident' }))
    await announce(db, table, topic);
}

const tables = `
create table change_log (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  workspace_id uuid not null,
  topic text not null,
  id text not null,
  rev bigint not null,
  at timestamptz not null default clock_timestamp(),
  primary key (xid, seq)
);
create index change_log_age on change_log (at);

create function announce_change() returns trigger language plpgsql as $$
begin
  insert into change_log (workspace_id, topic, id, rev) values (new.workspace_id, tg_argv[0], new.id::text, new.rev);
  return null;
end $$;

create table run (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('journey', 'enrollment', 'batch', 'code')),
  title text not null,
  workflow_id text not null unique,
  temporal_run_id text,
  entry_key text not null,
  subject_id uuid not null,
  contact_id uuid,
  turn int not null default 0,
  generation int not null default 0,
  status text not null default 'starting' check (status in
    ('starting', 'running', 'waiting', 'paused', 'completed', 'exited', 'failed', 'cancelled', 'terminated')),
  waiting_for text check (waiting_for in ('person', 'time', 'event')),
  current_step text,
  next_due_at timestamptz,
  open jsonb not null default '[]',
  outcome text,
  reason text,
  rev bigint not null default 1,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, kind, entry_key)
);
create index run_newest on run (workspace_id, id desc);
create index run_by_status on run (workspace_id, status, id desc);
create index run_by_kind on run (workspace_id, kind, id desc);
create index run_by_subject on run (workspace_id, subject_id, id desc);
create index run_by_contact on run (workspace_id, contact_id, id desc) where contact_id is not null;
create index run_silent on run (next_due_at, updated_at) where ended_at is null;

create table run_turn (
  workspace_id uuid not null,
  run_id uuid not null,
  turn int not null,
  generation int not null,
  state jsonb not null,
  at timestamptz not null default now(),
  primary key (workspace_id, run_id, turn),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);

create table run_inbox (
  workspace_id uuid not null,
  run_id uuid not null,
  seq bigint generated always as identity,
  kind text not null,
  ref text not null,
  payload jsonb not null default '{}',
  at timestamptz not null default now(),
  consumed_turn int,
  primary key (workspace_id, run_id, seq),
  unique (workspace_id, run_id, kind, ref),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index run_inbox_unread on run_inbox (workspace_id, run_id) where consumed_turn is null;

create table step (
  workspace_id uuid not null,
  run_id uuid not null,
  step text not null,
  visit int not null,
  generation int not null,
  seq bigint generated always as identity,
  kind text not null,
  title text not null,
  status text not null check (status in ('running', 'waiting', 'done', 'failed', 'skipped')),
  waiting_for text,
  detail jsonb not null default '{}',
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  due_at timestamptz,
  primary key (workspace_id, run_id, step, visit, generation),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index step_timeline on step (workspace_id, run_id, seq);

create table effect (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  key text not null,
  run_id uuid not null,
  step text not null,
  visit int not null,
  generation int not null,
  kind text not null check (kind in ('email', 'llm', 'crm', 'payment', 'webhook')),
  mode text not null check (mode in ('atMostOnce', 'keyed', 'repeatable')),
  state text not null default 'planned' check (state in
    ('planned', 'claimed', 'handedOff', 'done', 'rejected', 'deferred', 'unknown', 'suppressed', 'resolved')),
  attempt int not null default 0,
  lease_until timestamptz,
  frozen bytea,
  request jsonb not null default '{}',
  result jsonb,
  error jsonb,
  cost_micros bigint not null default 0,
  planned_at timestamptz not null default now(),
  handed_off_at timestamptz,
  settled_at timestamptz,
  resolution jsonb,
  rev bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, key),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index effect_of_run on effect (workspace_id, run_id, id);
create index effect_by_state on effect (workspace_id, state, id desc) where state in ('unknown', 'rejected', 'deferred');
create index effect_expired on effect (lease_until) where state in ('claimed', 'handedOff');

create table gate (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  run_id uuid not null,
  step text not null,
  visit int not null,
  generation int not null,
  round int not null,
  title text not null,
  outcomes jsonb not null,
  assignee_kind text not null check (assignee_kind in ('role', 'member')),
  assignee_id text not null,
  requested_by uuid,
  content jsonb not null,
  content_hash text not null,
  due_at timestamptz,
  on_timeout text,
  status text not null default 'open' check (status in ('open', 'decided', 'expired', 'withdrawn')),
  outcome text,
  decided_at timestamptz,
  rev bigint not null default 1,
  opened_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, run_id, step, round),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index gate_open on gate (workspace_id, status, id desc);
create index gate_due on gate (due_at) where status = 'open';

create table gate_vote (
  workspace_id uuid not null,
  gate_id uuid not null,
  voter_kind text not null check (voter_kind in ('member', 'apiKey')),
  voter_id uuid not null,
  outcome text not null,
  comment text,
  form jsonb,
  via text not null check (via in ('api', 'mail')),
  at timestamptz not null default now(),
  primary key (workspace_id, gate_id, voter_kind, voter_id),
  foreign key (workspace_id, gate_id) references gate (workspace_id, id)
);

create table gate_link (
  token_hash bytea primary key,
  workspace_id uuid not null,
  gate_id uuid not null,
  member_id uuid not null,
  content_hash text not null,
  round int not null,
  expires_at timestamptz not null,
  foreign key (workspace_id, gate_id) references gate (workspace_id, id),
  foreign key (workspace_id, member_id) references member (workspace_id, id)
);

create table outbox (
  id bigint generated always as identity primary key,
  workspace_id uuid not null,
  run_id uuid not null,
  workflow_id text not null,
  workflow_type text not null,
  partition int not null,
  unfinished int not null default 0,
  failures int not null default 0,
  available_at timestamptz not null default now(),
  parked_at timestamptz,
  error text,
  at timestamptz not null default now()
);
create index outbox_ready on outbox (partition, available_at) where parked_at is null;

create table incident (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  run_id uuid,
  kind text not null,
  message text not null,
  detail jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'resolved')),
  rev bigint not null default 1,
  opened_at timestamptz not null default now(),
  resolved_at timestamptz,
  primary key (workspace_id, id)
);
create unique index incident_once on incident (workspace_id, run_id, kind) nulls not distinct where state = 'open';

create table worker_heartbeat (
  process text not null,
  queue text not null,
  build text not null,
  seen_at timestamptz not null default now(),
  primary key (process, queue)
);
grant select, insert, update, delete on worker_heartbeat to tl_system;
grant select on worker_heartbeat to tl_app;

create table watermark (
  name text primary key,
  value text not null
);
grant select, insert, update on watermark to tl_system;
grant select on watermark to tl_app;
`;
