import { setTimeout as sleep } from 'node:timers/promises';
import { type DatabaseIntrospector, Kysely, PostgresDialect, sql, type TableMetadata } from 'kysely';
import { DEFAULT_MIGRATION_LOCK_TABLE, DEFAULT_MIGRATION_TABLE, Migrator, type Migration } from 'kysely/migration';
import pg from 'pg';
import { clientOf, type DatabaseConfig } from '../core/role-logins.ts';

/** A migration is one transaction; one with `transaction: false` can be repeated: it builds indexes (`buildIndex`), or copies rows page by page. */
export type DatabaseMigration = Migration & { transaction?: boolean };

/** How migrations are run. */
export type MigrateOptions = {
  /** All of them, by names in their order. */
  migrations: Readonly<Record<string, DatabaseMigration>>;
  /** Is called with what is waited for. */
  tell: (what: string) => void;
  /** What may be in the way of a lock, in words. */
  openTransactions: () => Promise<string>;
};

/** While a statement waits for a lock, all that come after it wait behind it: shorter than anyone's patience (`createPool`). */
const lockMs = 1_000;
/** How long a login may take. */
const connectMs = 10_000;
/** The pauses between tries in which the others get on, until one of them is what stands in the way for good: ten minutes in all. */
const pausesMs = [500, 1_000, 2_000, 4_000, ...Array<number>(56).fill(9_000)];

/** What Postgres says where a lock was not to be had in time, or two transactions waited for each other. */
const isInTheWay = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '55P03' || error.code === '40P01');

/**
 * Runs the migrations that are missing as `tl_owner`, one transaction each: what one locks is free again before the next, and what has
 * been done stays when a later one fails. One that gets no lock within a second is taken back and tried again as a whole, for ten minutes.
 * @returns the names of those that ran now
 * @throws the first migration's error
 */
export async function migrate(config: DatabaseConfig, options: MigrateOptions): Promise<string[]> {
  const { migrations } = options;
  const Client = clientOf(config, 'tl_owner', connectMs);
  const pool = new pg.Pool({ max: 2, options: `-c lock_timeout=${lockMs}ms`, Client });
  const db = new Kysely<unknown>({ dialect: new MigrationDialect({ pool }) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const applied: string[] = [];
  try {
    for (const { name, executedAt } of await migrator.getMigrations()) {
      if (executedAt) continue;
      await again(name, options, async () => {
        const { error } = await migrator.migrateUp({ disableTransactions: migrations[name]?.transaction === false });
        if (error) throw error;
      });
      applied.push(name);
    }
    await sql`grant select on kysely_migration to tl_app, tl_system`.execute(db);
    return applied;
  } finally {
    await db.destroy();
  }
}

/**
 * Before each migration Kysely looks several times whether its own two tables are there, and to that end reads every column of every table:
 * more than half of what Postgres had to do for a new database. Here it gets these two alone.
 */
class MigrationDialect extends PostgresDialect {
  override createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    const whole = super.createIntrospector(db);
    return { getSchemas: () => whole.getSchemas(), getTables: () => migrationTables(db) };
  }
}

async function migrationTables(db: Kysely<unknown>): Promise<TableMetadata[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where oid in (to_regclass(${DEFAULT_MIGRATION_TABLE}), to_regclass(${DEFAULT_MIGRATION_LOCK_TABLE}))`.execute(db);
  return rows.map((row) => ({ ...row, isView: false, isForeign: false, columns: [] }));
}

/** Does `work` again while something is in its way. @throws Error that says what to do, after ten minutes */
async function again(name: string, options: MigrateOptions, work: () => Promise<void>): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!isInTheWay(error)) throw error;
    }
    options.tell(`migration ${name} waits for a lock; open transactions: ${await options.openTransactions()}`);
    await sleep(pauseMs);
  }
  try {
    await work();
  } catch (error) {
    if (!isInTheWay(error)) throw error;
    const open = await options.openTransactions();
    throw new Error(
      `Migration ${name} got no lock for ten minutes, and nothing of it has been done. Open transactions: ${open}. ` +
        'End what holds the lock, or wait for it, and run `migrate` again.',
      { cause: error },
    );
  }
}

/**
 * Builds an index while everything goes on, in a migration with `transaction: false`: `on` is what follows `on` in SQL. It waits for all
 * transactions that are older, and holds up none. Repeatable: an index that a broken build has left is dropped and built anew.
 */
export async function buildIndex(
  db: Kysely<unknown>,
  { name, on, isUnique = false }: { name: string; on: string; isUnique?: boolean },
): Promise<void> {
  const index = sql.ref(name);
  const { rows } = await sql<{ indisvalid: boolean }>`
    select indisvalid from pg_index where indexrelid = to_regclass(${name})`.execute(db);
  if (rows[0]?.indisvalid) return;
  // Its locks let all but another change of the table pass.
  await sql`set lock_timeout = 0`.execute(db);
  try {
    if (rows.length > 0) await sql`drop index concurrently ${index}`.execute(db);
    const kind = sql.raw(isUnique ? 'unique index' : 'index');
    await sql`create ${kind} concurrently ${index} on ${sql.raw(on)}`.execute(db);
  } finally {
    await sql`reset lock_timeout`.execute(db);
  }
}
