import type { Kysely } from 'kysely';
import { buildIndex } from './migrate.ts';

/** The index behind the pace at which the documents of a batch are decided. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await buildIndex(db, {
    name: 'document_decided_at',
    on: 'document (workspace_id, batch_id, decided_at) where decided_at is not null',
  });
}

/** Indexes are built while everything goes on. */
export const transaction = false;
