import type { Kysely } from 'kysely';
import { announce, protect, statements } from './row-security.ts';

/** Contacts, what they did, what runs wait for, journeys with their versions, message templates, and who must not be written to. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  for (const table of ['contact', 'wait', 'journey', 'template', 'suppression']) {
    await protect(db, table, ['select', 'insert', 'update', 'delete']);
  }
  for (const table of ['event', 'journey_version', 'template_version']) await protect(db, table, ['select', 'insert']);
  await announce(db, 'contact', 'contact');
  await announce(db, 'journey', 'journey');
}

const tables = `
create table contact (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  external_id text not null,
  email text,
  zone text,
  attributes jsonb not null default '{}',
  rev bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, external_id)
);
create index contact_by_email on contact (workspace_id, email);

create table event (
  workspace_id uuid not null,
  id text not null,
  name text not null,
  contact_id uuid not null,
  key text,
  occurred_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  properties jsonb not null default '{}',
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index event_of_contact on event (workspace_id, contact_id, name, received_at);

create table wait (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  run_id uuid not null,
  contact_id uuid not null,
  event_name text not null,
  key text,
  step text not null,
  visit int not null,
  purpose text not null check (purpose in ('wait', 'exit', 'goal')),
  wait_from timestamptz not null,
  due_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, run_id, step, visit, purpose, event_name),
  foreign key (workspace_id, run_id) references run (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index wait_for_event on wait (workspace_id, contact_id, event_name);

create function event_ref(id text, step text, visit int, purpose text) returns text language sql immutable as $$
  select id || '/' || purpose || '/' || step || '/' || visit
$$;

create function event_payload(e event, w wait) returns jsonb language sql immutable as $$
  select jsonb_build_object('name', e.name, 'key', e.key, 'properties', e.properties, 'occurredAt', e.occurred_at,
    'purpose', w.purpose, 'step', w.step, 'visit', w.visit)
$$;

create table journey (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  slug text not null,
  name text not null,
  status text not null default 'draft' check (status in ('draft', 'live', 'paused', 'stopped')),
  draft jsonb,
  live_version int,
  rev bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, slug)
);

create table journey_version (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  journey_id uuid not null,
  version int not null,
  sha256 text not null,
  definition jsonb not null,
  entry_events text[] not null,
  published_at timestamptz not null default now(),
  published_by text,
  primary key (workspace_id, id),
  unique (workspace_id, journey_id, version),
  unique (workspace_id, journey_id, sha256),
  foreign key (workspace_id, journey_id) references journey (workspace_id, id)
);

create table template (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  kind text not null check (kind in ('message', 'prompt', 'document')),
  slug text not null,
  latest int not null default 0,
  rev bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, kind, slug)
);

create table template_version (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  template_id uuid not null,
  version int not null,
  sha256 text not null,
  content jsonb not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, template_id, version),
  foreign key (workspace_id, template_id) references template (workspace_id, id)
);

create table suppression (
  workspace_id uuid not null references workspace,
  channel text not null,
  address_hash text not null,
  reason text not null,
  at timestamptz not null default now(),
  primary key (workspace_id, channel, address_hash)
);
`;
