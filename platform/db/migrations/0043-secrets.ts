import type { Kysely } from 'kysely';
import { statements } from './row-security.ts';

/** What may be shown of a secret: its last characters and who set it. No code of before reads or writes the table. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await statements(db, columns);
}

const columns = `
alter table secret add column ends_with text not null default '', add column set_by uuid;
`;
