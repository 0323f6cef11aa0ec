import { CompiledQuery, type Transaction } from 'kysely';
import { kysely, opaque, type Opaque } from './kysely.ts';
import { enterWorkspace } from './lazy-transactions.ts';
import type { Db } from './pool.ts';
import type { Database } from '../tables/tables.ts';

/** A transaction that sees exactly one workspace. */
export type Tx = Opaque<Transaction<Database>>;

/**
 * Runs `work` in one transaction that sees the rows of `workspaceId` alone; without it row-level security shows nothing.
 * Rolls back and rethrows on any error.
 */
export function inWorkspace<T>(db: Db, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inTransaction(db, async (tx) => {
    await kysely(tx).executeQuery(CompiledQuery.raw(enterWorkspace, [workspaceId]));
    return work(tx);
  });
}

/** As `inWorkspace` for a role that has none: `tl_owner` and `tl_system` see the rows of every workspace. */
export function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return kysely(db)
    .transaction()
    .execute((tx) => work(opaque(tx)));
}
