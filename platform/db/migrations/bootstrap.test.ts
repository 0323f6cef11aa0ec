import { randomBytes } from 'node:crypto';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, TEST_KEY, testAdminUrl, type TestDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { roleUrl } from '../core/role-logins.ts';
import { prepareDatabase } from './bootstrap.ts';
import { migrations } from './index.ts';
import { buildIndex } from './migrate.ts';

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

  it('stops nobody behind a lock that it waits for, and says what is in the way', async () => {
    const reader = await writing('contact');
    const next = {
      '9997-colours': { up: (db: Kysely<unknown>) => add(db, 'alter table contact add column colour text') },
    };
    const told: string[] = [];
    const upgrade = prepareDatabase(config, {
      migrations: { ...migrations, ...next },
      tell: (what) => told.push(what),
    });
    await untilBlockedAt('contact');
    // Behind a lock without a limit this would wait until the reader ends.
    await admin.query(`set statement_timeout = '20s'`);
    await admin.query('select from contact');
    const { pid } = (await reader.query('select pg_backend_pid() as pid')).rows[0];
    await eventually('says who', () =>
      Promise.resolve(told.some((what) => what.includes(`process ${pid} of tl_system`))),
    );
    await reader.end();
    expect(await upgrade).toEqual(['9997-colours']);
  });

  it('builds an index without a transaction, anew where a build was broken off, also beside another upgrade', async () => {
    const next = {
      '9997-colours': { up: () => Promise.resolve() },
      '9998-shades': { up: (db: Kysely<unknown>) => add(db, 'create table shade (name text)') },
      '9999-shade-names': {
        transaction: false,
        up: (db: Kysely<unknown>) => buildIndex(db, { name: 'shade_once', on: 'shade (name)', isUnique: true }),
      },
    };
    const options = { migrations: { ...migrations, ...next } };
    const { '9999-shade-names': _, ...first } = options.migrations;
    await prepareDatabase(config, { migrations: first });
    await admin.query(`insert into shade values ('red'), ('red')`);
    await expect(prepareDatabase(config, options)).rejects.toThrow('could not create unique index');
    const isValid = async () =>
      (await admin.query(`select indisvalid from pg_index where indexrelid = 'shade_once'::regclass`)).rows;
    expect(await isValid()).toEqual([{ indisvalid: false }]);
    await admin.query('delete from shade');
    const both = await Promise.all([prepareDatabase(config, options), prepareDatabase(config, options)]);
    expect(both.flat()).toEqual(['9999-shade-names']);
    expect(await isValid()).toEqual([{ indisvalid: true }]);
  });

  it('makes the roles also while another database of the cluster makes them', async () => {
    const neighbour = new pg.Client({ connectionString: testAdminUrl() });
    await neighbour.connect();
    await neighbour.query('begin; alter role tl_app nocreatedb');
    const { rows } = await neighbour.query<{ pid: number }>('select pg_backend_pid() as pid');
    const prepared = prepareDatabase(other.config);
    await eventually('waits for the neighbour', async () => {
      const waiting = await admin.query('select 1 from pg_stat_activity where $1 = any(pg_blocking_pids(pid))', [
        rows[0]?.pid,
      ]);
      return waiting.rowCount !== 0;
    });
    await neighbour.query('commit');
    await neighbour.end();
    expect(await prepared).toEqual([]);
  });
});

async function add(db: Kysely<unknown>, statement: string): Promise<void> {
  await sql.raw(statement).execute(db);
}

async function asAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}
