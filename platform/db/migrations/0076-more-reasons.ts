import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/**
 * An address may be closed for several reasons: one who has unsubscribed may be gone too, and then gets no receipt either. `more` has the
 * reasons after the first, each with its instant and note. Old code reads and writes the first alone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
}

const columns = `
alter table suppression add column more jsonb not null default '[]';
`;
