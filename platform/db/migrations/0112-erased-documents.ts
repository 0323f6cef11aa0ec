import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** Which batches have documents that an erasure has emptied, without a look at all of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const on = 'document (workspace_id, batch_id, erased_by) where erased_by is not null';
  await buildIndex(db, { name: 'document_erased', on });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
