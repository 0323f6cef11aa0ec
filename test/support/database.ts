import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createDb, patience, type Db } from '../../platform/db/core/pool.ts';
import { newId } from '../../platform/ids.ts';

/** A database with one workspace of the test's own. */
export type TestDatabase = {
  config: { DATABASE_URL: string; THROUGHLINE_KEY: string };
  app: Db;
  system: Db;
  workspaceId: string;
  /** Adds another workspace. */
  addWorkspace(): Promise<string>;
  stop(): Promise<void>;
};

/** The key of every test database: role passwords belong to the cluster, so they must agree. */
export const TEST_KEY = 'a-key-for-tests-only-0123456789abcdef';
const TEMPLATE_LOCK = 7_403;

/** Clones the migrated template database; it is made once for each state of the migrations. `stop` drops the clone. */
export async function createTestDatabase(options: { poolSize?: number } = {}): Promise<TestDatabase> {
  const adminUrl = testAdminUrl();
  const url = await cloneTemplate(adminUrl);
  const database = await openTestDatabase(url, options);
  return {
    ...database,
    async stop() {
      await database.stop();
      await withAdmin(adminUrl, (admin) => admin.query(`drop database ${new URL(url).pathname.slice(1)} with (force)`));
    },
  };
}

/** The superuser's login on the Postgres that the tests share. */
export function testAdminUrl(): string {
  const adminUrl = process.env['TL_TEST_ADMIN_URL'];
  if (!adminUrl) throw new Error('No test stack: run the tests through vitest, whose global set-up starts one');
  return adminUrl;
}

/** Connects to a test database that is there, and adds a workspace to it; `stop` closes the connections alone. */
export async function openTestDatabase(url: string, options: { poolSize?: number } = {}): Promise<TestDatabase> {
  const config = { DATABASE_URL: url, THROUGHLINE_KEY: TEST_KEY };
  const app = createDb(config, 'tl_app', options.poolSize ?? 5, patience.activity);
  const system = createDb(config, 'tl_system', 5, patience.activity);
  const addWorkspace = async (): Promise<string> => {
    const id = newId();
    await kysely(system)
      .insertInto('workspace')
      .values({ id, slug: `w-${id}`, name: 'Test' })
      .execute();
    return id;
  };
  return {
    config,
    app,
    system,
    workspaceId: await addWorkspace(),
    addWorkspace,
    async stop() {
      await Promise.all([app.destroy(), system.destroy()]);
    },
  };
}

/** A clone of the migrated template database. @returns its address, with the superuser's login */
export async function cloneTemplate(adminUrl: string): Promise<string> {
  const template = await ensureTemplate(adminUrl);
  const name = `tl_${randomBytes(8).toString('hex')}`;
  await withAdmin(adminUrl, async (admin) => {
    await admin.query(`create database ${name} template ${template}`);
    // In production a statement gets a generic plan at its sixth use on a connection; here at its first, so that every test
    // would notice one that Postgres can plan only while it sees the values.
    await admin.query(`alter database ${name} set plan_cache_mode = force_generic_plan`);
  });
  return databaseUrl(adminUrl, name);
}

async function ensureTemplate(adminUrl: string): Promise<string> {
  const folder = new URL('../../platform/db/migrations/', import.meta.url);
  const files = readdirSync(folder).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(new URL(file, folder)));
  const template = `tl_template_${hash.digest('hex').slice(0, 16)}`;
  await withAdmin(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const found = await admin.query('select datistemplate from pg_database where datname = $1', [template]);
    if (found.rows[0]?.datistemplate === true) return;
    await admin.query(`drop database if exists ${template} with (force)`);
    await admin.query(`create database ${template}`);
    await prepareDatabase({ DATABASE_URL: databaseUrl(adminUrl, template), THROUGHLINE_KEY: TEST_KEY });
    await admin.query(`alter database ${template} with is_template true allow_connections false`);
  });
  return template;
}

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Works on the database `postgres` of a server as its superuser. */
export async function withAdmin<T>(adminUrl: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
