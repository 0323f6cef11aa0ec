import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The index behind what a new incident looks for: the last one of its kind, of its run or of the workspace. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'incident_last',
    on: "incident (workspace_id, kind, coalesce(run_id, workspace_id), id desc) where state = 'resolved'",
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
