import { sql } from 'kysely';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inTransaction } from '../../../platform/db/core/workspace.ts';
import type { Installation } from '../support/installation.ts';

/** The tables that have a row of each waiting run, each with the column by which it is found, and whose id that is. */
const tables = [
  { table: 'contact', by: 'id', of: 'contact_id' },
  { table: 'event', by: 'contact_id', of: 'contact_id' },
  { table: 'run', by: 'id', of: 'run_id' },
  { table: 'journey_run', by: 'run_id', of: 'run_id' },
  { table: 'run_turn', by: 'run_id', of: 'run_id' },
  { table: 'run_position', by: 'run_id', of: 'run_id' },
  { table: 'step', by: 'run_id', of: 'run_id' },
  { table: 'wait', by: 'run_id', of: 'run_id' },
] as const;

/**
 * Copies the rows of waiting runs into tables of the same columns and indexes, without rules, triggers and keys to other tables: what
 * Postgres itself takes for them. @returns runs a second
 */
export async function insertBare(
  { system, workspaceId }: Installation,
  journey: string,
  count: number,
): Promise<number> {
  return inTransaction(system, async (tx) => {
    for (const { table } of tables)
      await sql`create temp table ${sql.table(`bare_${table}`)} (like ${sql.table(table)} including indexes including generated) on commit drop`.execute(
        kysely(tx),
      );
    await sql`create temp table chosen on commit drop as
      select j.run_id, j.contact_id from journey_run j join journey on journey.id = j.journey_id where journey.slug = ${journey} limit ${count}`.execute(
      kysely(tx),
    );
    const began = performance.now();
    for (const { table, by, of } of tables)
      await sql`insert into ${sql.table(`bare_${table}`)} overriding system value
        select * from ${sql.table(table)} where workspace_id = ${workspaceId} and ${sql.ref(by)} in (select ${sql.ref(of)} from chosen)`.execute(
        kysely(tx),
      );
    return count / ((performance.now() - began) / 1_000);
  });
}
