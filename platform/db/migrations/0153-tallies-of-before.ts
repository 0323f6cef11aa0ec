import { sql, type Kysely } from 'kysely';

/** What was there before is counted: rows and what the triggers have noted of them are seen at one instant, so that nobody waits meanwhile. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`select recount_runs(), recount_steps()`.execute(db);
}

/** It holds no lock that another would wait for. */
export const transaction = false;
