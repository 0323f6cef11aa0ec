import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { rolePassword } from '../../config.ts';
import { masterKeys } from '../../keys/master-keys.ts';
import { checkKeys, openMasterKeys, type UsedKey } from '../keys/master-keys.ts';
import { migrations } from './index.ts';
import { migrate, type MigrateOptions } from './migrate.ts';
import { kysely } from '../core/kysely.ts';
import { createDb, type Db } from '../core/pool.ts';
import { type DatabaseConfig, loginRoles, passwordOf, type Role } from '../core/role-logins.ts';
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
 * @throws MissingKeyError before anything is done; the first migration's error: migrations before it stay applied
 */
export async function prepareDatabase(
  config: DatabaseConfig,
  options: Partial<MigrateOptions> = {},
): Promise<string[]> {
  const admin = await connectOnce(config.DATABASE_URL);
  try {
    await lockBootstrap(admin);
    await checkUsedKeys(admin, config);
    await makeRoles(admin, config);
    const known = { migrations, tell: () => undefined, openTransactions: () => openTransactions(admin) };
    const applied = await migrate(config, { ...known, ...options });
    await noteKeys(config);
    return applied;
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

/** Looks before anything is changed for keys that are missing; a login that may not read the table leaves that to `noteKeys`. */
async function checkUsedKeys(admin: pg.Client, config: DatabaseConfig): Promise<void> {
  checkKeys(config, (await usedKeys(admin)) ?? []);
}

/** The keys that the database knows; null where the login may not read them. */
async function usedKeys(admin: pg.Client): Promise<UsedKey[] | null> {
  const found = await admin.query(`select to_regclass('public.master_key') as name`);
  if (found.rows[0]?.name === null) return [];
  return admin
    .query<UsedKey>(`select id, ciphertext, sealed_by as "sealedBy" from public.master_key`)
    .then((result) => result.rows)
    .catch((error: unknown) => {
      if (error instanceof pg.DatabaseError && error.code === '42501') return null;
      throw error;
    });
}

/** Whether a key is one of those that the database knows, asked without the roles; true where the login may not read them. */
export async function isKnownKey(config: DatabaseConfig, id: string): Promise<boolean> {
  const admin = await connectOnce(config.DATABASE_URL);
  try {
    const keys = await usedKeys(admin);
    return keys === null || keys.some((known) => known.id === id);
  } finally {
    await admin.end();
  }
}

async function noteKeys(config: DatabaseConfig): Promise<void> {
  const owner = createDb(config, 'tl_owner', 1);
  try {
    await openMasterKeys(owner, config);
  } finally {
    await owner.destroy();
  }
}

/** Makes the roles, which are those of the cluster, and lets them into the database. */
async function makeRoles(admin: pg.Client, config: DatabaseConfig): Promise<void> {
  for (const role of loginRoles) await besideOthers(() => makeRole(admin, config, role));
  const database = pg.escapeIdentifier(new URL(config.DATABASE_URL).pathname.slice(1) || 'postgres');
  await admin.query(`grant create, connect on database ${database} to tl_owner`);
  await admin.query(`grant connect on database ${database} to tl_app, tl_system`);
  await admin.query('revoke all on schema public from public');
  await admin.query('grant usage, create on schema public to tl_owner');
  await admin.query('grant usage on schema public to tl_app, tl_system');
}

/** Makes a role, or makes it anew. Beside a key of before one that has a password of these keys keeps it: processes may log in with it still. */
async function makeRole(admin: pg.Client, config: DatabaseConfig, role: Role): Promise<void> {
  const isAlone = masterKeys(config).all.length === 1;
  const exists = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
  const keeps = exists.rowCount !== 0 && !isAlone && (await passwordOf(config, role)) !== null;
  await admin.query(
    `${exists.rowCount ? 'alter' : 'create'} role ${role} login nosuperuser nobypassrls nocreatedb nocreaterole ${
      keeps ? '' : passwordClause(config, role)
    }`,
  );
}

/** How often a change of a role is tried that others are in the way of; each goes on at once. */
const mostTries = 20;

/** Tries again where the same role was changed for another database of the cluster at that moment: the lock holds for one database alone. */
async function besideOthers(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === mostTries || !isOfOthers(error)) throw error;
      await sleep(lookEveryMs);
    }
  }
}

/** Whether another transaction changed, or made, the same row of the catalogue first. */
function isOfOthers(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  return (
    ['23505', '42710'].includes(error.code ?? '') || (error.code === 'XX000' && /concurrently/.test(error.message))
  );
}

/** Gives the roles the passwords of the current key; repeatable. Processes that know only another key cannot open connections from then on. */
export async function setRolePasswords(config: DatabaseConfig): Promise<void> {
  const admin = await connectOnce(config.DATABASE_URL);
  try {
    for (const role of loginRoles)
      await besideOthers(async () => {
        await admin.query(`alter role ${role} ${passwordClause(config, role)}`);
      });
  } finally {
    await admin.end();
  }
}

function passwordClause(config: DatabaseConfig, role: Role): string {
  return `password ${pg.escapeLiteral(rolePassword(config.THROUGHLINE_KEY, role))}`;
}

/** Whether every migration of this build has run; readiness needs it. */
export async function isMigrated(db: Db): Promise<boolean> {
  const rows = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely(db));
  const applied = new Set(rows.rows.map((row) => row.name));
  return Object.keys(migrations).every((name) => applied.has(name));
}
