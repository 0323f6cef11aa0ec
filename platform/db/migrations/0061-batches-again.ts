import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * A batch may make again what another one has no document of. Code of before knows no such batch: it finds no file of rows under its key, and
 * fails it before anything is written.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(
    db,
    `
alter table batch add column again_of uuid;
create index batch_again_of on batch (workspace_id, again_of) where again_of is not null;
`,
  );
}
