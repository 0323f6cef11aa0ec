import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Workspaces, people and their rights, sessions, keys, the audit log, idempotency keys and secrets. First migration: nothing
 * runs on the database yet.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'member', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'session', ['select', 'update', 'delete']);
  await protect(db, 'api_key', ['select', 'insert', 'update']);
  await protect(db, 'audit_entry', ['select', 'insert']);
  await protect(db, 'idempotency_key', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'secret', ['select', 'insert', 'update', 'delete']);
}

const tables = `
create table workspace (
  id uuid primary key default uuidv7(),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  zone text not null default 'UTC',
  created_at timestamptz not null default now()
);
grant select on workspace to tl_app, tl_system;
grant insert, update on workspace to tl_system;

create table person (
  id uuid primary key default uuidv7(),
  email text not null,
  name text not null,
  password_hash text,
  created_at timestamptz not null default now()
);
create unique index person_email on person (lower(email));

create table member (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  person_id uuid not null references person,
  email text not null,
  name text not null,
  roles text[] not null check (roles <@ array['viewer','designer','approver','engineer','operator','admin']),
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, person_id)
);

create table session (
  token_hash bytea primary key,
  workspace_id uuid not null references workspace,
  person_id uuid not null references person,
  member_id uuid not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (workspace_id, member_id) references member (workspace_id, id) on delete cascade
);
create index session_member on session (workspace_id, member_id);

create table sign_in_link (
  token_hash bytea primary key,
  purpose text not null check (purpose in ('setup', 'signIn')),
  workspace_id uuid references workspace,
  member_id uuid,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table api_key (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  name text not null,
  prefix text not null,
  key_hash bytea not null unique,
  scopes text[] not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (workspace_id, id)
);

create table sign_in_attempt (
  subject_hash bytea not null,
  at timestamptz not null default now()
);
create index sign_in_attempt_recent on sign_in_attempt (subject_hash, at);

create table audit_entry (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  at timestamptz not null default now(),
  actor_kind text not null check (actor_kind in ('member', 'apiKey', 'mailLink', 'system')),
  actor_id text,
  act text not null,
  subject_kind text not null,
  subject_id text not null,
  detail jsonb not null default '{}',
  request_id text,
  seq bigint,
  previous_hash bytea,
  hash bytea,
  primary key (workspace_id, id)
);
create unique index audit_entry_chain on audit_entry (workspace_id, seq);
create index audit_entry_unsealed on audit_entry (at) where hash is null;

create table idempotency_key (
  workspace_id uuid not null references workspace,
  key text not null,
  request_hash bytea not null,
  status int,
  response jsonb,
  created_at timestamptz not null default now(),
  primary key (workspace_id, key)
);
create index idempotency_key_age on idempotency_key (created_at);

create table secret (
  workspace_id uuid not null references workspace,
  name text not null,
  ciphertext bytea not null,
  key_id text not null,
  updated_at timestamptz not null default now(),
  primary key (workspace_id, name)
);
`;
