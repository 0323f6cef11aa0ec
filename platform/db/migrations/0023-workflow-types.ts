import { sql, type Kysely } from 'kysely';

/**
 * A run names the workflow that works it, so that a kind is not turned into a workflow in SQL. Null on rows of before, and on those that
 * code of before makes beside this: then it is the one named after the kind.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table run add column workflow_type text`.execute(db);
}
