import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * When a journey was paused: from then on its entry events let nobody in until it goes on, and enter then. Null also where code of before
 * paused it, which keeps nobody. The events are found by their names (0073).
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, `alter table journey add column paused_at timestamptz`);
}
