import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/**
 * The indexes behind the search for what stands anywhere in a person's names, for the beginning of a document's key, for what one member
 * has done, and for the events that would let people into a journey while it was paused.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'contact_holds_words',
    on: 'contact using gin (workspace_id, (contact_words(external_id, email, attributes)) gin_trgm_ops)',
  });
  await buildIndex(db, { name: 'document_key_begins', on: 'document (workspace_id, (lower(key) collate "C"))' });
  await buildIndex(db, { name: 'event_by_name', on: 'event (workspace_id, name, received_at)' });
  await buildIndex(db, { name: 'audit_entry_of_actor', on: 'audit_entry (workspace_id, actor_id, id desc)' });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
