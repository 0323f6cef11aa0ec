import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The runs that were ended for another one of the same person, by that one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'journey_run_merged',
    on: 'journey_run (workspace_id, merged_into) where merged_into is not null',
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
