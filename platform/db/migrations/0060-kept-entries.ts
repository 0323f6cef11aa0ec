import { sql, type Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/**
 * When a journey was paused: from then on its entry events let nobody in until it goes on, and enter then. Null also where code of before
 * paused it, which keeps nobody. The index finds those events by name. Each statement may be repeated.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table journey add column if not exists paused_at timestamptz`.execute(db);
  await buildIndex(db, { name: 'event_by_name', on: 'event (workspace_id, name, received_at)' });
}

/** The index is built while everything goes on; a column without a default needs no more than an instant. */
export const transaction = false;
