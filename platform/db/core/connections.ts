import pg from 'pg';
import { rolePassword, type Config } from '../../config.ts';
import { databaseAddress, type DatabaseAddress } from './database-url.ts';

/** The login roles: `tl_app` does what requests and activities do, `tl_system` what has no workspace of its own. */
export type Role = 'tl_owner' | 'tl_app' | 'tl_system';

/** What says where the database is and how its roles log in. */
export type DatabaseConfig = Pick<Config, 'DATABASE_URL' | 'THROUGHLINE_KEY'>;

/** The connection string of `role`: the configured server and database with the role's derived password. */
export function roleUrl(config: DatabaseConfig, role: Role): string {
  const url = new URL(config.DATABASE_URL);
  url.username = role;
  url.password = rolePassword(config.THROUGHLINE_KEY, role);
  return url.toString();
}

/**
 * How long a caller waits, in milliseconds: for a new connection to open, and in the pool's queue while every connection is in use
 * (0: without limit). A request is refused soon, so that its client knows of it. An activity is patient: catching up after an outage
 * is no failure, and its own time limit ends it.
 */
export type Patience = { connectMs: number; queueMs: number };

/**
 * A pool for one role. Limits of every statement: lock ≤ 2 s, statement ≤ 5 s, transaction ≤ 30 s (a long writer would stall the
 * change feed). A peer that has vanished is noticed on both sides: by this process after the kernel's own tries, by the server, which
 * then ends the session and frees its locks, within 25 s.
 */
export function createPool(config: DatabaseConfig, role: Role, max: number, { connectMs, queueMs }: Patience): pg.Pool {
  const pool = new pg.Pool({
    max,
    Client: clientWithin(connectMs, roleUrl(config, role)),
    connectionTimeoutMillis: queueMs,
    idleTimeoutMillis: 30_000,
    // Statements that do not wait for each other's answers go out together.
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    options: sessionSettings.map((setting) => `-c ${setting}`).join(' '),
  });
  // A connection that the server ends must not end the process: idle, the next query gets a new one; in use, its query fails.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** What each session of a pool is begun with. */
const sessionSettings = [
  'lock_timeout=2s',
  'statement_timeout=5s',
  'transaction_timeout=30s',
  'idle_in_transaction_session_timeout=10s',
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  'tcp_user_timeout=25s',
];

/**
 * A connection that is opened within `connectMs`: the pool's own limit would count the time in its queue too. Each reads the files of `url`
 * anew, so certificates may be renewed while the process lives; until a new one can be read, the one before it counts.
 */
function clientWithin(connectMs: number, url: string): new () => pg.ClientBase {
  let address = databaseAddress(url);
  const latest = (): DatabaseAddress => {
    try {
      address = databaseAddress(url);
    } catch {
      // Half of a file that is being replaced.
    }
    return address;
  };
  return class extends pg.Client {
    constructor(options?: pg.ClientConfig) {
      super({ ...options, ...latest(), connectionTimeoutMillis: connectMs });
    }
  };
}
