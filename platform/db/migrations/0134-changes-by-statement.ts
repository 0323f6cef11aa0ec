import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Changes of runs and contacts are noted by the statement instead of row by row: one that starts or changes a thousand runs notes them
 * at once. What is noted stays the same.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, triggers);
}

const triggers = `
create function announce_changes() returns trigger language plpgsql as $$
begin
  insert into change_log (workspace_id, topic, id, rev) select workspace_id, tg_argv[0], id::text, rev from changed;
  return null;
end $$;
drop trigger run_announces on run;
create trigger run_announces_new after insert on run referencing new table as changed
  for each statement execute function announce_changes('run');
create trigger run_announces after update on run referencing new table as changed
  for each statement execute function announce_changes('run');
drop trigger contact_announces on contact;
create trigger contact_announces_new after insert on contact referencing new table as changed
  for each statement execute function announce_changes('contact');
create trigger contact_announces after update on contact referencing new table as changed
  for each statement execute function announce_changes('contact');
`;
