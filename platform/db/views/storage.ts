import { type RawBuilder, sql } from 'kysely';
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

/** So many rows are counted one by one; of more Postgres knows about how many they are. */
const counted = 10_000;

/**
 * What the workspace of the transaction keeps. Its own rows are counted; the size of a table would say what others keep. Turns and events
 * are as large as some of them are in the mean, and where there are many, about as many as Postgres expects.
 */
export async function storageOf(tx: Tx, workspaceId: string): Promise<Kept[]> {
  const own = sql`workspace_id = ${workspaceId}`;
  const turns = sql`${await rowsOf(tx, 'run_turn', own)}::bigint`;
  const events = sql`${await rowsOf(tx, 'event', own)}::bigint`;
  const { rows } = await sql<Omit<Kept, 'count' | 'bytes'> & { count: string; bytes: string }>`
    select 'mailsInDatabase' as part, count(*), coalesce(sum(octet_length(frozen)), 0)::bigint as bytes, false as "isEstimated"
      from effect where ${own} and frozen is not null
    union all select 'mailsInStore', count(*), coalesce(sum(size), 0)::bigint, false from effect_object where ${own}
    union all select 'turns', ${turns}, (${turns} * (select coalesce(avg(size), 0) from (select pg_column_size(state) as size from run_turn
      where ${own} order by run_id desc limit ${sql.lit(sample)}) sampled))::bigint, true
    union all select 'events', ${events}, (${events} * (select coalesce(avg(size), 0) from (select pg_column_size(properties) as size from event
      where ${own} order by id desc limit ${sql.lit(sample)}) sampled))::bigint, true`.execute(kysely(tx));
  return rows.map((row) => ({ ...row, count: Number(row.count), bytes: Number(row.bytes) }));
}

async function rowsOf(tx: Tx, table: string, own: RawBuilder<unknown>): Promise<number> {
  const query = sql`select 1 from ${sql.table(table)} where ${own}`;
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (${query} limit ${sql.lit(counted)}) few`.execute(kysely(tx));
  const found = rows[0]?.n ?? 0;
  if (found < counted) return found;
  const { rows: plans } = await sql<{
    'QUERY PLAN': { Plan: { 'Plan Rows': number } }[];
  }>`explain (format json) ${query}`.execute(kysely(tx));
  return Math.max(found, plans[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0);
}
