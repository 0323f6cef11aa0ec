import { sql } from 'kysely';
import { kysely } from '../core/kysely.ts';
import type { Tx } from '../core/workspace.ts';

/** Rows whose mean size stands for that of all: reading millions of states to show one number would be too dear. */
const sample = 1_000;

/** How many of something a workspace keeps, and their bytes. */
export type Kept = {
  part: 'mailsInDatabase' | 'mailsInStore' | 'turns' | 'events';
  count: number;
  bytes: number;
  isEstimated: boolean;
};

/**
 * What the workspace of the transaction keeps. Its own rows are counted; the size of a table would say what others keep. Turns and events
 * are as large as some of them are in the mean.
 */
export async function storageOf(tx: Tx, workspaceId: string): Promise<Kept[]> {
  const own = sql`workspace_id = ${workspaceId}`;
  const { rows } = await sql<Omit<Kept, 'count' | 'bytes'> & { count: string; bytes: string }>`
    select 'mailsInDatabase' as part, count(*), coalesce(sum(octet_length(frozen)), 0)::bigint as bytes, false as "isEstimated"
      from effect where ${own} and frozen is not null
    union all select 'mailsInStore', count(*), coalesce(sum(size), 0)::bigint, false from effect_object where ${own}
    union all select 'turns', count(*), (count(*) * (select coalesce(avg(size), 0) from (select pg_column_size(state) as size from run_turn
      where ${own} order by run_id desc limit ${sql.lit(sample)}) sampled))::bigint, true from run_turn where ${own}
    union all select 'events', count(*), (count(*) * (select coalesce(avg(size), 0) from (select pg_column_size(properties) as size from event
      where ${own} order by id desc limit ${sql.lit(sample)}) sampled))::bigint, true from event where ${own}`.execute(
    kysely(tx),
  );
  return rows.map((row) => ({ ...row, count: Number(row.count), bytes: Number(row.bytes) }));
}
