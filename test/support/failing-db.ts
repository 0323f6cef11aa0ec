import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import { createPool } from '../../platform/db/core/connections.ts';
import { ConnectionLost } from '../../platform/db/core/lost-connection.ts';
import { opaque } from '../../platform/db/core/kysely.ts';
import { patience, type Db } from '../../platform/db/core/pool.ts';
import type { Database } from '../../platform/db/tables/tables.ts';
import type { TestDatabase } from './database.ts';

/** What is lost of a statement: it before it is done, its answer after that, or it and all that follow, as when a process dies. */
export type Loss = 'statement' | 'answer' | 'process';

/** A connection to the app role that is lost at the n-th statement it is given, and else waits for a lock as long as it takes. */
export type FailingDb = {
  db: Db;
  failAt(statement: number | null, loss?: Loss): void;
  statements(): number;
  /** Resolves when something is lost. */
  lost(): Promise<void>;
  stop(): Promise<void>;
};

/** Opens a pool whose statements are counted and can be made to fail; `begin`, `commit` and `rollback` count too. */
export function createFailingDb(database: TestDatabase): FailingDb {
  const pool = createPool(database.config, 'tl_app', 2, patience.request);
  pool.on(
    'connect',
    (client) => void client.query('set lock_timeout = 0; set statement_timeout = 0; set transaction_timeout = 0'),
  );
  let count = 0;
  let failing: number | null = null;
  let loss: Loss = 'statement';
  let isLost = Promise.withResolvers<void>();
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    return {
      query: async (...args: unknown[]) => {
        count += 1;
        const loses = failing !== null && (loss === 'process' ? count >= failing : count === failing);
        if (!loses) return query(...args);
        const lost = new ConnectionLost(new Error(`statement ${count} fails`), loss === 'answer');
        // Another connection of the pool goes on without what a dead process has begun.
        if (loss === 'answer') await query(...args);
        else if (loss === 'process') await query('rollback');
        isLost.resolve();
        throw lost;
      },
      release: () => client.release(),
    } as unknown as PostgresPoolClient;
  };
  const failingPool: PostgresPool = { connect, options: {}, end: () => pool.end() };
  const builder = new Kysely<Database>({ dialect: new PostgresDialect({ pool: failingPool }) });
  const destroy = (): Promise<void> => builder.destroy();
  return {
    db: { ...opaque(builder), destroy },
    failAt(statement, what = 'statement') {
      count = 0;
      failing = statement;
      loss = what;
      isLost = Promise.withResolvers();
    },
    statements: () => count,
    lost: () => isLost.promise,
    stop: destroy,
  };
}
