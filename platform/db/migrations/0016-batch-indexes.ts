import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** What the pages of batches count and look up. Adds indexes only; old code runs on unchanged. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, indexes);
}

const indexes = `
create index document_standing on document (workspace_id, batch_id, generated, rendered, is_flagged, decision, repairs);
create index document_generated_at on document (workspace_id, batch_id, generated_at);
create index document_rendered_at on document (workspace_id, batch_id, rendered_at);
`;
