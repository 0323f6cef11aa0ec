import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { rolePassword, type Config } from '../../config.ts';
import { lazyTransactions } from './lazy-transactions.ts';
import type { Database } from '../tables/tables.ts';

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

/**
 * How long a caller waits, in milliseconds: for a new connection to open, and in the pool's queue while every connection is in use
 * (0: without limit). A request is refused soon, so that its client hears of it. An activity is patient: catching up after an outage
 * is no failure, and its own time limit ends it.
 */
export type Patience = { connectMs: number; queueMs: number };
export const patience = {
  request: { connectMs: 2_000, queueMs: 2_000 },
  activity: { connectMs: 10_000, queueMs: 0 },
} as const satisfies Record<string, Patience>;

/**
 * A pool for one role. Limits of every statement: lock ≤ 2 s, statement ≤ 5 s, transaction ≤ 30 s (a long writer would stall the
 * change feed), TCP keep-alive 10 s so that a dead peer frees its advisory locks.
 */
export function createPool(
  config: Pick<Config, 'DATABASE_URL' | 'THROUGHLINE_KEY'>,
  role: Role,
  max: number,
  { connectMs, queueMs }: Patience = patience.request,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: roleUrl(config, role),
    max,
    Client: clientWithin(connectMs),
    connectionTimeoutMillis: queueMs,
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
  patient?: Patience,
): Db {
  const pool = lazyTransactions(createPool(config, role, max, patient));
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** A connection that is opened within `connectMs`: the pool's own limit would count the time in its queue too. */
function clientWithin(connectMs: number): new () => pg.ClientBase {
  return class extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, connectionTimeoutMillis: connectMs });
    }
  };
}
