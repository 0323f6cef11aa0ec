import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { kysely } from './kysely.ts';
import { createDb, type Db } from './pool.ts';
import { isStale, PreparedStatements } from './prepared-statements.ts';
import { inWorkspace } from './workspace.ts';

let database: TestDatabase;
let owner: Db;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 2 });
  owner = createDb(database.config, 'tl_owner', 1);
});

afterAll(async () => {
  await owner.destroy();
  await database.stop();
});

test('a statement that repeats is prepared, one that comes once is not', async () => {
  const one = createDb(database.config, 'tl_app', 1);
  for (let n = 0; n < 8; n += 1) await sql`select ${n}::int as again`.execute(kysely(one));
  await sql`select ${1}::int as once`.execute(kysely(one));
  const { rows } = await sql<{ statement: string; generic_plans: string }>`
    select statement, generic_plans from pg_prepared_statements`.execute(kysely(one));
  expect(rows.map((row) => row.statement)).toEqual(['select $1::int as again']);
  await one.destroy();
});

test('there is an end to the names, and to what is counted', () => {
  const prepared = new PreparedStatements();
  for (let n = 0; n < 5_000; n += 1) {
    prepared.nameOf(`select ${n}`);
    prepared.nameOf(`select ${n}`);
  }
  expect(prepared.nameOf('select 0')).toBeUndefined();
  for (let n = 0; n < 5_000; n += 1) for (let use = 0; use < 3; use += 1) prepared.nameOf(`select ${n}`);
  const names = new Set(Array.from({ length: 5_000 }, (_, n) => prepared.nameOf(`select ${n}`)).filter(Boolean));
  expect(names.size).toBe(200);
});

test('a migration that widens a table costs one refusal, on however many connections', async () => {
  const { workspaceId } = database;
  const read = (): Promise<unknown> =>
    inWorkspace(database.app, workspaceId, async (tx) => {
      const rows = await kysely(tx).selectFrom('contact').selectAll().where('workspace_id', '=', workspaceId).execute();
      // Both connections are in use at once.
      await sql`select pg_sleep(0.05)`.execute(kysely(tx));
      return rows;
    });
  for (let n = 0; n < 6; n += 1) await Promise.all([read(), read()]);
  await sql`alter table contact add column widened int`.execute(kysely(owner));
  await expect(read()).rejects.toSatisfy(isStale);
  for (let n = 0; n < 6; n += 1) expect(await Promise.all([read(), read()])).toEqual([[], []]);
});
