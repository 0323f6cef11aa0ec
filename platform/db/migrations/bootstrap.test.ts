import { randomBytes } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, TEST_KEY, testAdminUrl, type TestDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { roleUrl } from '../core/connections.ts';
import { prepareDatabase } from './bootstrap.ts';
import { migrations } from './index.ts';

/** The last migration of 0.1. */
const before = '0021-struggling-effects';

describe('an upgrade', () => {
  const name = `tl_${randomBytes(8).toString('hex')}`;
  const url = new URL(testAdminUrl());
  url.pathname = `/${name}`;
  const config = { DATABASE_URL: url.toString(), THROUGHLINE_KEY: TEST_KEY };
  // Its template has made the roles.
  let other: TestDatabase;
  let admin: pg.Client;
  beforeAll(async () => {
    other = await createTestDatabase();
    await asAdmin(testAdminUrl(), `create database ${name}`);
    admin = new pg.Client({ connectionString: config.DATABASE_URL });
    await admin.connect();
    await admin.query(`grant create on database ${name} to tl_owner; grant usage, create on schema public to tl_owner;
      grant usage on schema public to tl_app, tl_system`);
    const pool = new pg.Pool({ connectionString: roleUrl(config, 'tl_owner'), max: 1 });
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const provider = { getMigrations: () => Promise.resolve(migrations) };
    const { error } = await new Migrator({ db, provider }).migrateTo(before);
    await db.destroy();
    expect(error).toBeUndefined();
  });
  afterAll(async () => {
    await admin?.end();
    await asAdmin(testAdminUrl(), `drop database if exists ${name} with (force)`);
    await other?.stop();
  });

  /** A transaction of the code before, which has written to `table` and goes on. */
  async function writing(table: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: roleUrl(config, 'tl_system'), options: '-c lock_timeout=2s' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin');
    await client.query(`delete from ${table} where false`);
    return client;
  }
  const untilBlockedAt = (table: string) =>
    eventually(`waits for ${table}`, async () => {
      const waiting = await admin.query('select 1 from pg_locks where not granted and relation = $1::regclass', [
        table,
      ]);
      return waiting.rowCount !== 0;
    });

  it('locks tables in the order in which the code before does, and each no longer than its own migration', async () => {
    const [ofRun, ofWait] = [await writing('run'), await writing('wait')];
    const upgrade = prepareDatabase(config);
    await untilBlockedAt('run');
    await ofRun.query('select from effect');
    await ofRun.end();
    await untilBlockedAt('wait');
    await ofWait.query('select from effect');
    await ofWait.end();
    const names = Object.keys(migrations);
    expect(await upgrade).toEqual(names.slice(names.indexOf(before) + 1));
    expect(await prepareDatabase(config)).toEqual([]);
  });
});

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}
