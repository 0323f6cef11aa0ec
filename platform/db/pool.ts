import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { rolePassword, type Config } from '../config.ts';
import { lazyTransactions } from './lazy-transactions.ts';
import type { Database } from './tables.ts';

/** The login roles: `tl_app` does what requests and activities do, `tl_system` what has no workspace of its own. */
export type Role = 'tl_owner' | 'tl_app' | 'tl_system';

/** The database as Kysely sees it. */
export type Db = Kysely<Database>;

/** The connection string of `role`: the configured server and database with the role's derived password. */
export function roleUrl(config: Pick<Config, 'DATABASE_URL' | 'THROUGHLINE_KEY'>, role: Role): string {
  const url = new URL(config.DATABASE_URL);
  url.username = role;
  url.password = rolePassword(config.THROUGHLINE_KEY, role);
  return url.toString();
}

/** How long opening a connection may take, in milliseconds. */
const connectMs = 2_000;

/** A connection that is opened within `connectMs`. The pool's own limit would count the time in its queue too. */
class PooledClient extends pg.Client {
  constructor(options?: pg.ClientConfig) {
    super({ ...options, connectionTimeoutMillis: connectMs });
  }
}

/**
 * How long a caller waits in a pool's queue while every connection is in use, in milliseconds. A request is refused soon, so that
 * its client hears of it; an activity waits as long as it likes, since catching up after an outage is no failure: its own time
 * limit ends it (0: no limit here).
 */
export const queueMs = { request: 2_000, activity: 0 } as const;

/**
 * A pool for one role. Limits of every statement: connect ≤ 2 s, lock ≤ 2 s, statement ≤ 5 s, transaction ≤ 30 s (a long writer
 * would stall the change feed), TCP keep-alive 10 s so that a dead peer frees its advisory locks.
 */
export function createPool(
  config: Pick<Config, 'DATABASE_URL' | 'THROUGHLINE_KEY'>,
  role: Role,
  max: number,
  maxQueueMs: number = queueMs.request,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: roleUrl(config, role),
    max,
    Client: PooledClient,
    connectionTimeoutMillis: maxQueueMs,
    idleTimeoutMillis: 30_000,
    // Statements that do not wait for each other's answers go out together.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options:
      '-c lock_timeout=2s -c statement_timeout=5s -c transaction_timeout=30s -c idle_in_transaction_session_timeout=10s',
  });
  // A connection that the server ends must not end the process: idle, the next query gets a new one; in use, its query fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Kysely over a pool; `destroy()` ends the pool. */
export function createDb(
  config: Pick<Config, 'DATABASE_URL' | 'THROUGHLINE_KEY'>,
  role: Role,
  max: number,
  maxQueueMs?: number,
): Db {
  const pool = lazyTransactions(createPool(config, role, max, maxQueueMs));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}
