import { sql } from 'kysely';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace, type Tx } from '../../platform/db/core/workspace.ts';
import type { TestDatabase } from './database.ts';

/**
 * Does two things in a transaction each, at once: `second` begins when `first` has done all but its commit, which waits until `second`
 * stands at a lock or is through. So what `second` reads before a lock is from before the commit, each time.
 */
export async function atOnce<A, B>(
  database: TestDatabase,
  first: (tx: Tx) => Promise<A>,
  second: (tx: Tx) => Promise<B>,
): Promise<[PromiseSettledResult<A>, PromiseSettledResult<B>]> {
  const { app, workspaceId } = database;
  const [isDone, mayCommit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const one = inWorkspace(app, workspaceId, async (tx) => {
    const result = await first(tx);
    isDone.resolve();
    await mayCommit.promise;
    return result;
  });
  await Promise.race([isDone.promise, one]);

  const begins = Promise.withResolvers<number>();
  const other = inWorkspace(app, workspaceId, async (tx) => {
    // However slow this machine is, the second waits for the first and not for a limit.
    await sql`set local lock_timeout = 0`.execute(kysely(tx));
    await sql`set local statement_timeout = 0`.execute(kysely(tx));
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(kysely(tx));
    begins.resolve(rows[0]?.pid ?? 0);
    return second(tx);
  });
  let isThrough = false;
  const end = Promise.allSettled([one, other]);
  void other.then(
    () => (isThrough = true),
    () => (isThrough = true),
  );
  const pid = await begins.promise;
  while (!isThrough && !(await isBlocked(database, pid))) continue;
  mayCommit.resolve();
  return end;
}

async function isBlocked(database: TestDatabase, pid: number): Promise<boolean> {
  const { rows } = await sql<{ blocked: boolean }>`
    select cardinality(pg_blocking_pids(${pid}::int)) > 0 as blocked`.execute(kysely(database.system));
  return rows[0]?.blocked ?? false;
}
