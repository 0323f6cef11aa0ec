import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A run knows the version of its journey that it follows and whether it has reached the journey's goal, and a position what the run is about and
 * whether a branch stands there beside the run itself, so that nobody looks for them in tables of millions. Triggers keep them, also where code of before writes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
  await statements(db, triggers);
}

const columns = `
alter table run add column version_id uuid, add column has_goal boolean not null default false;
alter table run_position add column subject_id uuid, add column is_beside boolean not null default false;
alter table run_position alter column is_beside set default true;
grant update on run_position to tl_app;
`;

const triggers = `
create function note_version() returns trigger language plpgsql as $$
begin
  -- An update of no row would make the triggers of the statement work, too.
  if exists (select from run where workspace_id = new.workspace_id and id = new.run_id and version_id is distinct from new.version_id) then
    update run set version_id = new.version_id where workspace_id = new.workspace_id and id = new.run_id;
  end if;
  return null;
end $$;
create trigger journey_run_follows after insert on journey_run for each row execute function note_version();
create trigger journey_run_moves after update of version_id on journey_run for each row
  when (new.version_id is distinct from old.version_id) execute function note_version();
create or replace function note_position() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from run_position where workspace_id = new.workspace_id and run_id = new.id
      and (new.ended_at is not null or step = old.current_step);
  end if;
  if new.ended_at is null and new.current_step is not null then
    insert into run_position (workspace_id, run_id, step, subject_id, is_beside)
      values (new.workspace_id, new.id, new.current_step, new.subject_id, false)
      on conflict (workspace_id, run_id, step) do update set is_beside = false;
  end if;
  return null;
end $$;
update run_position p set is_beside = true from run r where r.workspace_id = p.workspace_id and r.id = p.run_id and r.current_step is distinct from p.step;
create index run_position_beside on run_position (workspace_id, subject_id, run_id) where is_beside;
create function note_subject() returns trigger language plpgsql as $$
begin
  select subject_id into new.subject_id from run where workspace_id = new.workspace_id and id = new.run_id;
  return new;
end $$;
create trigger run_position_has_subject before insert on run_position for each row when (new.subject_id is null) execute function note_subject();
create function note_goal() returns trigger language plpgsql as $$
begin
  if exists (select from run where workspace_id = new.workspace_id and id = new.run_id and not has_goal) then
    update run set has_goal = true where workspace_id = new.workspace_id and id = new.run_id;
  end if;
  return null;
end $$;
create trigger step_is_goal after insert on step for each row when (new.step = '$goal') execute function note_goal();
`;
