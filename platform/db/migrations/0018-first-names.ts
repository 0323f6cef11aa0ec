import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** People are found by their first name too. Adds an index only; old code runs on unchanged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(
    db,
    `create index contact_first_name_begins on contact (workspace_id, (lower(attributes ->> 'firstName') collate "C"))`,
  );
}
