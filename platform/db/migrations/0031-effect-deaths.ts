import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** How often a worker died, or stood still, while it held an effect. Code of before leaves it at 0, and then nothing is parked. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, 'alter table effect add column deaths int not null default 0;');
}
