import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * Runs that have no workflow of their own: many of them stand in a pool, whose workflow makes their turns in sets. Which pool follows from a fixed
 * bucket, so that the number of pools may change; a run without one is worked by its own workflow, as all of before are. Whatever is put in the
 * mailbox of such a run makes it ready, by a trigger: also what code of before puts there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, tables);
  await protect(db, 'pool_ready', ['select', 'insert', 'delete']);
  await protect(db, 'pool_action', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'pool_fault', ['select', 'insert', 'update', 'delete']);
  await protect(db, 'pool_batch', ['select', 'insert', 'delete']);
  await statements(db, trigger);
}

const tables = `
alter table run add column pool smallint, add constraint run_pool check (pool between 0 and 1023);

create table pool_ready (
  workspace_id uuid not null references workspace,
  run_id uuid not null,
  pool smallint not null,
  lane smallint not null check (lane in (0, 1)),
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, lane, id)
);
create index pool_ready_pool on pool_ready (pool);

create table pool_action (
  workspace_id uuid not null references workspace,
  run_id uuid not null,
  key text not null,
  activity text not null,
  queue text not null,
  pool smallint not null,
  tries int not null default 0,
  available_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, run_id, key)
);
create index pool_action_due on pool_action (workspace_id, queue, available_at);

create table pool_fault (
  workspace_id uuid not null references workspace,
  run_id uuid not null,
  throws int not null default 0,
  deaths int not null default 0,
  build text not null,
  retry_at timestamptz,
  primary key (run_id)
);

create table pool_batch (
  id bigint generated always as identity primary key,
  workspace_id uuid not null references workspace,
  pool smallint not null,
  run_ids uuid[] not null,
  is_alone boolean not null default false,
  at timestamptz not null default clock_timestamp()
);

create table pool_pass (
  pool smallint not null,
  pools smallint not null,
  busy_until timestamptz not null,
  primary key (pools, pool)
);
grant select, insert, update, delete on pool_pass to tl_system;
`;

/** The look at each run by itself, as a plan for one message serves a thousand, too. */
const trigger = `
create function run_inbox_readies() returns trigger language plpgsql as $$
begin
  insert into pool_ready (workspace_id, run_id, pool, lane)
  select distinct n.workspace_id, n.run_id, r.pool, 0 from noted n cross join lateral (
    select pool from run where run.workspace_id = n.workspace_id and run.id = n.run_id and run.pool is not null and run.ended_at is null offset 0) r;
  return null;
end $$;
create trigger run_inbox_readies after insert on run_inbox referencing new table as noted
  for each statement execute function run_inbox_readies();
`;
