import { sql, type Kysely } from 'kysely';

/**
 * A checkout says whether it was begun in an account of the workspace's own, so that who removes its keys sees what they are still needed for.
 * Code of before does not say it: null. Adds only.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table payment add column is_own boolean`.execute(db);
}
