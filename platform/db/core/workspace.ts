import { CompiledQuery, type Transaction } from 'kysely';
import { enterWorkspace } from './lazy-transactions.ts';
import type { Db } from './pool.ts';
import type { Database } from '../tables/tables.ts';

/** A transaction that sees exactly one workspace. */
export type Tx = Transaction<Database>;

/**
 * Runs `work` in one transaction that sees the rows of `workspaceId` alone; without it row-level security shows nothing.
 * Rolls back and rethrows on any error.
 */
export function inWorkspace<T>(db: Db, workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await tx.executeQuery(CompiledQuery.raw(enterWorkspace, [workspaceId]));
    return work(tx);
  });
}
