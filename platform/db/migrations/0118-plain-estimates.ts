import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * An estimate is stored as the API of before reads it, which knows its figures alone and fails at a list with any other. A worker of before
 * stores with it what else the count of a newer one brings.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, trigger);
}

const trigger = `
create function keep_plain_estimate() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  new.estimate := new.estimate - 'madeBefore';
  return new;
end $$;
create trigger batch_estimate_is_plain before insert or update of estimate on batch
  for each row when (new.estimate ? 'madeBefore') execute function keep_plain_estimate();
`;
