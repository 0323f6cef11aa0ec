import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The runs of pools in the order in which they are due, those of each workspace by themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'run_pool_due',
    on: 'run (workspace_id, next_due_at, pool) where pool is not null and ended_at is null and next_due_at is not null',
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
