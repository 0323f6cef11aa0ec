import type { Kysely } from 'kysely';
import { protect, statements } from './row-security.ts';

/**
 * The steps at which a live run stands: that of its row, and those of branches that run beside it. A trigger keeps the first, so that it
 * is right where code of before writes the row, too; the turn writes the others. An ended run stands nowhere.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, table);
  await protect(db, 'run_position', ['select', 'insert', 'delete']);
  await statements(db, trigger);
}

const table = `
create table run_position (
  workspace_id uuid not null,
  run_id uuid not null,
  step text not null,
  primary key (workspace_id, run_id, step),
  foreign key (workspace_id, run_id) references run (workspace_id, id)
);
create index run_position_at_step on run_position (workspace_id, step, run_id);
create index run_by_due on run (workspace_id, subject_id, next_due_at, id) where ended_at is null;
`;

const trigger = `
create function note_position() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from run_position where workspace_id = new.workspace_id and run_id = new.id
      and (new.ended_at is not null or step = old.current_step);
  end if;
  if new.ended_at is null and new.current_step is not null then
    insert into run_position (workspace_id, run_id, step) values (new.workspace_id, new.id, new.current_step) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger run_begins_at after insert on run for each row when (new.current_step is not null) execute function note_position();
create trigger run_moves_on after update of current_step, ended_at on run for each row
  when (new.current_step is distinct from old.current_step or new.ended_at is distinct from old.ended_at) execute function note_position();
insert into run_position (workspace_id, run_id, step)
  select workspace_id, id, current_step from run where ended_at is null and current_step is not null;
analyze run_position;
`;
