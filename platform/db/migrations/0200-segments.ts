import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Segments: who is in each, who came and went, and which contacts may have. What is written to contacts and events notes by triggers whose
 * memberships may have changed, also what code of before writes, and only where a workspace has segments.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'segment', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'segment_member', ['select', 'insert', 'delete']);
  await protect(db, 'segment_change', ['select', 'insert']);
  await protect(db, 'segment_dirty', ['select', 'insert', 'delete']);
  await protect(db, 'segment_due', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'segment_tally', ['select', 'insert', 'delete']);
  await statements(db, triggers);
}

const tables = `
create table segment (
  workspace_id uuid not null references workspace,
  id uuid not null default uuidv7(),
  slug text not null,
  name text not null,
  rule jsonb not null,
  version int not null default 1,
  state text not null default 'building' check (state in ('building', 'ready')),
  cursor uuid,
  looked int not null default 0,
  born xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, id),
  unique (workspace_id, slug)
);

create table segment_member (
  workspace_id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  since timestamptz not null default now(),
  primary key (workspace_id, segment_id, contact_id),
  foreign key (workspace_id, segment_id) references segment (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index segment_member_of_contact on segment_member (workspace_id, contact_id);

create table segment_change (
  workspace_id uuid not null,
  id bigint generated always as identity,
  segment_id uuid not null,
  contact_id uuid not null,
  has_entered boolean not null,
  reason text not null,
  at timestamptz not null default now(),
  primary key (workspace_id, id),
  foreign key (workspace_id, segment_id) references segment (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index segment_change_of_segment on segment_change (workspace_id, segment_id, id);
create index segment_change_of_contact on segment_change (workspace_id, contact_id, id);

create table segment_dirty (
  workspace_id uuid not null,
  id bigint generated always as identity,
  contact_id uuid not null,
  what text[],
  primary key (workspace_id, id),
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index segment_dirty_of_contact on segment_dirty (workspace_id, contact_id);

create table segment_due (
  workspace_id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  at timestamptz not null,
  primary key (workspace_id, segment_id, contact_id),
  foreign key (workspace_id, segment_id) references segment (workspace_id, id) on delete cascade,
  foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index segment_due_at on segment_due (workspace_id, at);
create index segment_due_of_contact on segment_due (workspace_id, contact_id);

create table segment_tally (
  workspace_id uuid not null,
  segment_id uuid not null,
  n bigint not null,
  foreign key (workspace_id, segment_id) references segment (workspace_id, id) on delete cascade
);
create index segment_tally_of_segment on segment_tally (workspace_id, segment_id);
alter table segment_dirty set (autovacuum_vacuum_scale_factor = 0.02);
alter table segment_tally set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
`;

const triggers = `
create function event_dirties() returns trigger language plpgsql as $$
begin
  insert into segment_dirty (workspace_id, contact_id, what)
  select n.workspace_id, n.contact_id, array_agg(distinct 'event.' || n.name) from noted n
  where n.name not in ('$segmentEntered', '$segmentLeft') and exists (select from segment s where s.workspace_id = n.workspace_id)
  group by n.workspace_id, n.contact_id;
  return null;
end $$;
create trigger event_dirties after insert on event referencing new table as noted
  for each statement execute function event_dirties();

create function contact_dirties() returns trigger language plpgsql as $$
begin
  insert into segment_dirty (workspace_id, contact_id)
  select n.workspace_id, n.id from noted n where exists (select from segment s where s.workspace_id = n.workspace_id);
  return null;
end $$;
create trigger contact_dirties after insert on contact referencing new table as noted
  for each statement execute function contact_dirties();

create function contact_change_dirties() returns trigger language plpgsql as $$
begin
  if not exists (select from segment s where s.workspace_id = new.workspace_id) then return null; end if;
  insert into segment_dirty (workspace_id, contact_id, what)
  select new.workspace_id, new.id, array_agg('contact.' || c.name) from (
    select coalesce(a.key, b.key) as name from jsonb_each(old.attributes) a full join jsonb_each(new.attributes) b on b.key = a.key
      where a.value is distinct from b.value
    union select 'email' where old.email is distinct from new.email
    union select 'timeZone' where old.zone is distinct from new.zone
    union select 'externalId' where old.external_id is distinct from new.external_id) c;
  return null;
end $$;
create trigger contact_change_dirties after update on contact for each row
  when ((old.external_id, old.email, old.zone, old.attributes) is distinct from (new.external_id, new.email, new.zone, new.attributes))
  execute function contact_change_dirties();

create function segment_member_tallies() returns trigger language plpgsql as $$
begin
  insert into segment_tally (workspace_id, segment_id, n)
  select n.workspace_id, n.segment_id, case tg_op when 'INSERT' then count(*) else -count(*) end from noted n
  where exists (select from segment s where s.workspace_id = n.workspace_id and s.id = n.segment_id)
  group by n.workspace_id, n.segment_id;
  return null;
end $$;
create trigger segment_member_tallies_new after insert on segment_member referencing new table as noted
  for each statement execute function segment_member_tallies();
create trigger segment_member_tallies after delete on segment_member referencing old table as noted
  for each statement execute function segment_member_tallies();
`;
