import { sql, type Kysely } from 'kysely';
import { announce, protect, statements } from './row-security.ts';

/** Courses, course runs with their seat ledger, enrollments, payments and learning progress. Adds tables only. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  for (const table of ['course', 'course_run', 'enrollment', 'payment'])
    await protect(db, table, ['select', 'insert', 'update']);
  for (const table of ['seat', 'waitlist_entry']) await protect(db, table, ['select', 'insert', 'update', 'delete']);
  for (const table of ['payment_event', 'progress_event']) await protect(db, table, ['select', 'insert']);
  await statements(db, 'grant usage on all sequences in schema public to tl_app, tl_system;');
  await announce(db, 'course_run', 'courseRun');
  await announce(db, 'enrollment', 'enrollment');
  // A payment webhook names an enrollment and knows no workspace.
  await sql`create function workspace_of_enrollment(wanted uuid) returns uuid language sql stable security definer set search_path = public
    as $$ select workspace_id from enrollment where id = wanted $$`.execute(db);
  await sql`revoke all on function workspace_of_enrollment(uuid) from public`.execute(db);
  await sql`grant execute on function workspace_of_enrollment(uuid) to tl_app`.execute(db);
}

const tables = `
create table course (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  slug text not null,
  title text not null,
  prerequisites text[] not null,
  completion jsonb not null,
  rev bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, slug)
);

create table course_run (
  workspace_id uuid not null,
  id uuid not null default uuidv7(),
  course_id uuid not null,
  slug text not null,
  title text not null,
  capacity int not null,
  overbook int not null default 0,
  waitlist_capacity int not null,
  held int not null default 0,
  confirmed int not null default 0,
  details jsonb not null,
  rev bigint not null default 1,
  primary key (workspace_id, id),
  unique (workspace_id, course_id, slug),
  foreign key (workspace_id, course_id) references course (workspace_id, id),
  constraint seats_within_capacity check (held >= 0 and confirmed >= 0 and held + confirmed <= capacity + overbook)
);

create table enrollment (
  workspace_id uuid not null,
  id uuid not null unique default uuidv7(),
  course_run_id uuid not null,
  contact_id uuid not null,
  attempt int not null,
  run_id uuid not null,
  terms jsonb not null,
  lifecycle text not null default 'requested',
  payment text not null default 'none',
  access text not null default 'none',
  outcome text,
  rev bigint not null default 1,
  requested_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, course_run_id, contact_id, attempt),
  foreign key (workspace_id, course_run_id) references course_run (workspace_id, id),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create unique index enrollment_active on enrollment (workspace_id, course_run_id, contact_id) where ended_at is null;
create index enrollment_newest on enrollment (workspace_id, course_run_id, id desc);
create index enrollment_of_contact on enrollment (workspace_id, contact_id, id desc);

create table seat (
  workspace_id uuid not null,
  enrollment_id uuid not null,
  course_run_id uuid not null,
  kind text not null check (kind in ('hold', 'offer', 'confirmed')),
  expires_at timestamptz,
  primary key (workspace_id, enrollment_id),
  foreign key (workspace_id, enrollment_id) references enrollment (workspace_id, id),
  check ((kind = 'confirmed') = (expires_at is null))
);
create index seat_of_run on seat (workspace_id, course_run_id);

create table waitlist_entry (
  workspace_id uuid not null,
  enrollment_id uuid not null,
  course_run_id uuid not null,
  seq bigint generated always as identity,
  priority int not null default 0,
  primary key (workspace_id, enrollment_id),
  foreign key (workspace_id, enrollment_id) references enrollment (workspace_id, id)
);
create index waitlist_order on waitlist_entry (workspace_id, course_run_id, priority desc, seq);

create table payment (
  workspace_id uuid not null,
  checkout_id text not null,
  enrollment_id uuid not null,
  perform text not null,
  status text not null default 'open' check (status in ('open', 'paid', 'expired')),
  url text,
  amount_minor bigint not null,
  currency text not null,
  payment_intent text,
  created_at timestamptz not null default now(),
  primary key (workspace_id, checkout_id),
  foreign key (workspace_id, enrollment_id) references enrollment (workspace_id, id)
);
create index payment_of_enrollment on payment (workspace_id, enrollment_id);

create table payment_event (
  workspace_id uuid not null references workspace,
  id text not null,
  enrollment_id uuid not null,
  kind text not null,
  payload jsonb not null,
  received_at timestamptz not null default now(),
  primary key (workspace_id, id)
);

create table progress_event (
  workspace_id uuid not null,
  id text not null,
  enrollment_id uuid not null,
  verb text not null,
  payload jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, enrollment_id) references enrollment (workspace_id, id)
);
`;
