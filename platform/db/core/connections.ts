import pg from 'pg';
import { clientOf, type DatabaseConfig, type Role } from './role-logins.ts';

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
    Client: clientOf(config, role, connectMs),
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
export const sessionSettings = [
  // Where the server is set to another zone, days would begin, and an interval of a day be as long, as there.
  'TimeZone=UTC',
  'lock_timeout=2s',
  'statement_timeout=5s',
  'transaction_timeout=30s',
  'idle_in_transaction_session_timeout=10s',
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=3',
  'tcp_user_timeout=25s',
];
