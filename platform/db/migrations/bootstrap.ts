import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { rolePassword } from '../../config.ts';
import { migrations } from './index.ts';
import { type DatabaseConfig, roleUrl } from '../core/connections.ts';
import { kysely } from '../core/kysely.ts';
import type { Db } from '../core/pool.ts';

/** An arbitrary constant that is the same in every process that prepares a database of this cluster. */
const BOOTSTRAP_LOCK = 7_401_553;

/**
 * Makes the roles, gives `tl_owner` the schema and runs the migrations that are missing. Repeatable, and safe from several
 * processes at once (an advisory lock serialises them).
 * @returns the names of the migrations that ran now
 * @throws the first migration's error; migrations before it stay applied
 */
export async function prepareDatabase(config: DatabaseConfig): Promise<string[]> {
  const admin = new pg.Client({ connectionString: config.DATABASE_URL });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [BOOTSTRAP_LOCK]);
    await makeRoles(admin, config);
    return await migrate(config);
  } finally {
    await admin.end();
  }
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

/** One transaction each: what a migration locks is free again before the next, and what has been done stays when a later one fails. */
async function migrate(config: DatabaseConfig): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: roleUrl(config, 'tl_owner'), max: 2 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const applied: string[] = [];
  try {
    for (;;) {
      const { error, results = [] } = await migrator.migrateUp();
      if (error) throw error;
      if (results.length === 0) break;
      applied.push(...results.map((result) => result.migrationName));
    }
    await sql`grant select on kysely_migration to tl_app, tl_system`.execute(db);
    return applied;
  } finally {
    await db.destroy();
  }
}

/** Whether every migration of this build has run; readiness needs it. */
export async function isMigrated(db: Db): Promise<boolean> {
  const rows = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely(db));
  const applied = new Set(rows.rows.map((row) => row.name));
  return Object.keys(migrations).every((name) => applied.has(name));
}
