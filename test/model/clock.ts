import pg from 'pg';
import { randomBytes } from 'node:crypto';
import type { Execution } from '../../contracts/runs/execution.schema.ts';
import { prepareDatabase } from '../../platform/db/migrations/bootstrap.ts';
import { openTestDatabase, TEST_KEY, testAdminUrl, type TestDatabase } from '../support/database.ts';

/** A test database whose clock the test sets, and whether its new runs stand in pools. */
export type ClockedDatabase = TestDatabase & {
  setClock(at: number): Promise<void>;
  setExecution(execution: Execution): Promise<void>;
};

/**
 * A database in which `now()` and `clock_timestamp()` are what the test says: functions of these names stand before those of
 * Postgres in the search path, and the migrations run behind them, so that defaults of columns follow too.
 */
export async function createClockedDatabase(): Promise<ClockedDatabase> {
  const url = new URL(testAdminUrl());
  const name = `tl_clock_${randomBytes(8).toString('hex')}`;
  const admin = new pg.Client({ connectionString: testAdminUrl() });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.query(`alter database ${name} set search_path = public, clock, pg_catalog`);
  url.pathname = `/${name}`;
  const clock = new pg.Client({ connectionString: url.toString() });
  await clock.connect();
  await clock.query(`
    create schema clock;
    create table clock.instant (at timestamptz not null, pool smallint);
    insert into clock.instant values (pg_catalog.now());
    create function clock.now() returns timestamptz language sql stable as 'select at from clock.instant';
    create function clock.clock_timestamp() returns timestamptz language sql volatile as 'select at from clock.instant';
    grant usage on schema clock to public;
    grant select on clock.instant to public;`);
  await prepareDatabase({ DATABASE_URL: url.toString(), THROUGHLINE_KEY: TEST_KEY });
  await clock.query(`
    create function clock.in_pool() returns trigger language plpgsql as $$
    begin
      new.pool := coalesce(new.pool, (select pool from clock.instant));
      return new;
    end $$;
    create trigger in_pool before insert on run for each row execute function clock.in_pool();`);
  const database = await openTestDatabase(url.toString());
  return {
    ...database,
    async setClock(at) {
      await clock.query('update clock.instant set at = $1', [new Date(at)]);
    },
    async setExecution(execution) {
      await clock.query('update clock.instant set pool = $1', [execution === 'pooled' ? 0 : null]);
    },
    async stop() {
      await database.stop();
      await clock.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}
