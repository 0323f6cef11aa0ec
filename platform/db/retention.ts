import { sql } from 'kysely';
import type { Db } from './pool.ts';

/** Rows deleted from one table in one pass: a short transaction, whatever has piled up. */
const batchRows = 5_000;

/**
 * What is deleted when it is of no more use, each with its condition: answers of idempotent writes after the 7 days that the API
 * promises; sessions and links that are over; attempts to sign in long after the quarter of an hour that counts.
 */
const old = [
  ['idempotency_key', "created_at < now() - interval '7 days'"],
  ['session', 'expires_at < now()'],
  ['sign_in_link', "expires_at < now() - interval '1 day'"],
  ['gate_link', "expires_at < now() - interval '30 days'"],
  ['sign_in_attempt', "at < now() - interval '1 day'"],
] as const;

/** Deletes what is old. `db` is the system role's. @returns how many rows went */
export async function sweepOld(db: Db): Promise<number> {
  let count = 0;
  for (const [table, condition] of old) {
    const result = await sql`delete from ${sql.table(table)} where ctid in (
      select ctid from ${sql.table(table)} where ${sql.raw(condition)} limit ${batchRows})`.execute(db);
    count += Number(result.numAffectedRows ?? 0n);
  }
  return count;
}
