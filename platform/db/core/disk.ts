import pg from 'pg';
import { sql } from 'kysely';
import { kysely } from './kysely.ts';
import type { Db } from './pool.ts';
import { inTransaction } from './workspace.ts';

/** SQLSTATE disk_full. */
const full = '53100';

/**
 * Whether the disk of Postgres takes nothing more. Most statements still work then: what is there is read, and rows are changed in the room
 * that deleted ones have left. So it is tried with a sort that is too large for its memory, which writes some 200 kB and leaves nothing.
 * @throws the driver's error where Postgres cannot be asked
 */
export async function isDiskFull(db: Db): Promise<boolean> {
  try {
    await inTransaction(db, async (tx) => {
      await sql`set local work_mem = '64kB'`.execute(kysely(tx));
      await sql`select count(*) from (
        select md5(n::text) as text from generate_series(1, 5000) as n order by text offset 0) as sorted`.execute(
        kysely(tx),
      );
    });
    return false;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === full) return true;
    throw error;
  }
}
