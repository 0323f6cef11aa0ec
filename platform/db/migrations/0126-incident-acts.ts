import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The index behind what was done about an incident. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'audit_entry_of_incident',
    on: `audit_entry (workspace_id, subject_id, id desc) where subject_kind = 'incident'`,
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
