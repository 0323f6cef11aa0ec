import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** A run whose effect is put off, or came to an outcome that nobody knows, is announced as well: lists and pages show why it stands. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, trigger);
}

const trigger = `
create function announce_run_of_effect() returns trigger language plpgsql as $$
begin
  insert into change_log (workspace_id, topic, id, rev)
    select workspace_id, 'run', id::text, rev from run where workspace_id = new.workspace_id and id = new.run_id;
  return null;
end $$;
create trigger effect_announces_run after update on effect for each row
  when (new.state is distinct from old.state and new.state in ('deferred', 'unknown'))
  execute function announce_run_of_effect();
`;
