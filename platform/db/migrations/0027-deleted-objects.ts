import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * An object is deleted outside of any transaction; its row says so from before until it is gone. Code of before, which knows nothing of it and
 * would give an effect the key of such an object, is refused by the constraint: the bytes stay in the effect's row. Rows that are there
 * have no such instant, so the constraint is not compared with them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, deleting);
}

const deleting = `
alter table effect_object add column deleting_at timestamptz,
  add constraint effect_object_goes check (deleting_at is null or check_at is not null) not valid;
`;
