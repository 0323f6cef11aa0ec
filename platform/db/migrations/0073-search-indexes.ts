import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The indexes behind the search for what stands anywhere in a person's names, and for the beginning of a document's key. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'contact_holds_words',
    on: 'contact using gin (workspace_id, (contact_words(external_id, email, attributes)) gin_trgm_ops)',
  });
  await buildIndex(db, { name: 'document_key_begins', on: 'document (workspace_id, (lower(key) collate "C"))' });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
