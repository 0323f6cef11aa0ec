import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A mail has its template, as `slug@version`, and what its run is about in columns of its own: row-level security keeps a look into JSON from its index,
 * and the run is another table's. Triggers keep them, so that they are there where code of before writes, and the template goes with what an erasure takes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
}

const columns = `
alter table effect add column template text collate "C", add column subject_id uuid;
create function note_template() returns trigger language plpgsql as $$
begin
  new.template := new.request -> 'content' ->> 'template';
  return new;
end $$;
create trigger effect_has_template before insert or update of request on effect
  for each row when (new.kind = 'email') execute function note_template();
create trigger effect_has_subject before insert on effect
  for each row when (new.kind = 'email' and new.subject_id is null) execute function note_subject();
`;
