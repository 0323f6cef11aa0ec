import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * Two indexes of runs that repeat others, and are written again with each turn: the primary key, read backwards, has the newest, and
 * `run_position` the runs at a step since 0025. Code of before is answered as fast.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, 'drop index run_newest; drop index run_at_step;');
}
