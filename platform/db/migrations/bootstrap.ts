import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { rolePassword } from '../../config.ts';
import { migrations } from './index.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import type { DatabaseConfig } from '../core/connections.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';
import { connectOnce } from '../core/server.ts';

/** An arbitrary constant that is the same in every process that prepares a database of this cluster. */
const BOOTSTRAP_LOCK = 7_401_553;
/** How often a process looks whether another one has ended its preparations. */
const lookEveryMs = 200;

/**
 * Makes the roles, gives `tl_owner` the schema and runs the migrations that are missing. Repeatable, and safe from several
 * processes at once (an advisory lock serialises them). A migration waits for a lock for moments only and is tried again, so that a live
 * database goes on: `migrate`.
 * @returns the names of the migrations that ran now
 * @throws the first migration's error; migrations before it stay applied
 */
export async function prepareDatabase(
  config: DatabaseConfig,
  options: Partial<MigrateOptions> = {},
): Promise<string[]> {
  const admin = await connectOnce(config.DATABASE_URL);
  try {
    await lockBootstrap(admin);
    await makeRoles(admin, config);
    const known = { migrations, tell: () => undefined, openTransactions: () => openTransactions(admin) };
    return await migrate(config, { ...known, ...options });
  } finally {
    await admin.end();
  }
}

/** Looks again and again: a statement that waited would be a transaction for the end of which an index concurrently built waits, too. */
async function lockBootstrap(admin: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await admin.query('select pg_try_advisory_lock($1) as mine', [BOOTSTRAP_LOCK]);
    if (rows[0]?.mine === true) return;
    await sleep(lookEveryMs);
  }
}

/** The transactions that have been open for the longest, in words; what they do may be of a person. */
async function openTransactions(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ words: string }>(`
    select 'process ' || pid || ' of ' || usename || ', open for ' || extract(epoch from now() - xact_start)::int || ' s' as words
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - interval '1 second'
      and backend_type = 'client backend' order by xact_start limit 3`);
  return rows.map(({ words }) => words).join('; ') || 'none that is older than a second';
}

async function makeRoles(admin: pg.Client, config: DatabaseConfig): Promise<void> {
  for (const role of ['tl_owner', 'tl_app', 'tl_system'] as const) {
    const exists = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
    const verb = exists.rowCount ? 'alter' : 'create';
    const password = pg.escapeLiteral(rolePassword(config.THROUGHLINE_KEY, role));
    await admin.query(
      `${verb} role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole password ${password}`,
    );
  }
  const database = pg.escapeIdentifier(new URL(config.DATABASE_URL).pathname.slice(1) || 'postgres');
  await admin.query(`grant create, connect on database ${database} to tl_owner`);
  await admin.query(`grant connect on database ${database} to tl_app, tl_system`);
  await admin.query('revoke all on schema public from public');
  await admin.query('grant usage, create on schema public to tl_owner');
  await admin.query('grant usage on schema public to tl_app, tl_system');
}

/** Whether every migration of this build has run; readiness needs it. */
export async function isMigrated(db: Db): Promise<boolean> {
  const rows = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely(db));
  const applied = new Set(rows.rows.map((row) => row.name));
  return Object.keys(migrations).every((name) => applied.has(name));
}
