import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The index by which the log says what was done to one thing, such as a journey that was paused when an event came. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, { name: 'audit_entry_of_subject', on: 'audit_entry (workspace_id, subject_id, id desc)' });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
