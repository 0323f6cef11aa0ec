import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { createTestDatabase, testAdminUrl, withAdmin, type TestDatabase } from '../../../test/support/database.ts';
import { kysely } from './kysely.ts';
import { createDb, patience, type Db } from './pool.ts';
import { inWorkspace } from './workspace.ts';

let database: TestDatabase;
let small: Db;
let owner: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  small = createDb(database.config, 'tl_app', 2, patience.activity);
  owner = createDb(database.config, 'tl_owner', 1);
});

afterAll(async () => {
  await Promise.all([small.destroy(), owner.destroy()]);
  await database.stop();
});

function addContact(workspaceId: string, externalId: string): Promise<void> {
  return inWorkspace(small, workspaceId, async (tx) => {
    await kysely(tx).insertInto('contact').values({ workspace_id: workspaceId, external_id: externalId }).execute();
  });
}

async function contacts(workspaceId: string): Promise<string[]> {
  const rows = await inWorkspace(small, workspaceId, (tx) =>
    kysely(tx).selectFrom('contact').select('external_id').execute(),
  );
  return rows.map((row) => row.external_id);
}

describe('a workspace', () => {
  test('two connections, 50 workspaces at once and thrown errors: each sees its own row and no other', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => database.addWorkspace()));
    await Promise.all(ids.map((id) => addContact(id, `of ${id}`)));
    const seen = await Promise.all(
      ids.flatMap((id) => [
        contacts(id),
        inWorkspace(small, id, async () => {
          throw new Error('before the first statement');
        }).catch(() => [`of ${id}`]),
        inWorkspace(small, id, async (tx) => {
          await kysely(tx).insertInto('contact').values({ workspace_id: id, external_id: 'rolled back' }).execute();
          throw new Error('after a write');
        }).catch(() => [`of ${id}`]),
        inWorkspace(small, id, (tx) => sql`select 1 / 0`.execute(kysely(tx))).catch(() => [`of ${id}`]),
        contacts(id),
      ]),
    );
    expect(seen).toEqual(ids.flatMap((id) => Array.from({ length: 5 }, () => [`of ${id}`])));
  });

  test('another workspace can be neither written nor read, and outside of a transaction nothing is there', async () => {
    const [mine, theirs] = [await database.addWorkspace(), await database.addWorkspace()];
    await addContact(theirs, 'theirs');
    const write = inWorkspace(small, mine, (tx) =>
      kysely(tx).insertInto('contact').values({ workspace_id: theirs, external_id: 'forged' }).execute(),
    );
    await expect(write).rejects.toMatchObject({ code: '42501' });
    expect(await contacts(mine)).toEqual([]);
    expect(await kysely(small).selectFrom('contact').selectAll().execute()).toEqual([]);
  });

  test('an id with a quote in it is text like any other', async () => {
    const broken = inWorkspace(small, `'; delete from contact; --`, (tx) =>
      kysely(tx).selectFrom('contact').selectAll().execute(),
    );
    await expect(broken).rejects.toMatchObject({ code: '22P02' });
  });
});

describe('a transaction', () => {
  test('is opaque: what it can do is in `kysely` alone', async () => {
    await inWorkspace(small, await database.addWorkspace(), async (tx) => {
      // @ts-expect-error: no code outside of platform/db may write SQL
      expect(tx.selectFrom).toBeUndefined();
      expect([...Object.keys(tx), ...Object.keys(small)]).toEqual(['destroy']);
      expect(kysely(tx).selectFrom).toBeTypeOf('function');
    });
  });

  test('without a statement leaves nothing behind on its connection', async () => {
    const one = createDb(database.config, 'tl_app', 1);
    const id = await database.addWorkspace();
    await addContact(id, 'there');
    expect(await inWorkspace(one, id, async () => 'done')).toBe('done');
    expect(await kysely(one).selectFrom('contact').selectAll().execute()).toEqual([]);
    const now = async (): Promise<string> => {
      const { rows } = await sql<{ now: string }>`select now()::text as now`.execute(kysely(one));
      return rows[0]?.now ?? '';
    };
    // In a transaction left open the time would stand still.
    expect(await now()).not.toBe(await now());
    await one.destroy();
  });

  test('has the days of UTC, whatever zone the server is set to', async () => {
    const name = new URL(database.config.DATABASE_URL).pathname.slice(1);
    await withAdmin(testAdminUrl(), (admin) => admin.query(`alter database ${name} set timezone = 'Asia/Kolkata'`));
    const late = createDb(database.config, 'tl_app', 1);
    const { rows } = await sql`select timestamptz '2026-11-30T23:00:00Z'::date::text as day`.execute(kysely(late));
    expect(rows).toEqual([{ day: '2026-11-30' }]);
    await late.destroy();
  });

  test('keeps everything or nothing, from its first statement on', async () => {
    const id = await database.addWorkspace();
    const failing = inWorkspace(small, id, async (tx) => {
      await kysely(tx).insertInto('contact').values({ workspace_id: id, external_id: 'first' }).execute();
      await kysely(tx).insertInto('contact').values({ workspace_id: id, external_id: 'first' }).execute();
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await contacts(id)).toEqual([]);
  });

  test('waits in the queue of an activity’s pool for as long as the connections are in use; a request is refused soon', async () => {
    const [patient, impatient] = [patience.activity, patience.request].map((patient) =>
      createDb(database.config, 'tl_app', 1, patient),
    ) as [Db, Db];
    const id = await database.addWorkspace();
    const { promise: isRefused, resolve: release } = Promise.withResolvers<void>();
    const ended: Promise<void>[] = [];
    const hold = (db: Db): Promise<void> =>
      new Promise((isHeld) => {
        const transaction = inWorkspace(db, id, async (tx) => {
          await sql`select 1`.execute(kysely(tx));
          isHeld();
          await isRefused;
        });
        ended.push(transaction);
      });
    const ask = (db: Db): Promise<boolean> =>
      sql`select 1`.execute(kysely(db)).then(
        () => true,
        () => false,
      );
    // The first connection of the impatient pool has to open within its limit too.
    await eventually('a connection', () => ask(impatient));
    await Promise.all([hold(patient), hold(impatient)]);
    const served = ask(patient);
    expect(await ask(impatient)).toBe(false);
    release();
    expect(await served).toBe(true);
    await Promise.all(ended);
    await Promise.all([patient.destroy(), impatient.destroy()]);
  });

  test('has the server notice within 25 s that its peer has vanished', async () => {
    const names = ['tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count', 'tcp_user_timeout'];
    const { rows } = await sql<{ value: string }>`
      select current_setting(name) as value from unnest(${names}::text[]) with ordinality as asked(name, at) order by at`.execute(
      kysely(small),
    );
    expect(rows.map(({ value }) => value)).toEqual(['10', '5', '3', '25000']);
  });

  test('whose connection is cut fails, and the next one works', async () => {
    const id = await database.addWorkspace();
    const cut = inWorkspace(small, id, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(kysely(tx));
      await sql`select pg_terminate_backend(${rows[0]?.pid ?? 0}::int)`.execute(kysely(owner)).catch(() => undefined);
      await addContact(id, 'by another');
      await kysely(tx).insertInto('contact').values({ workspace_id: id, external_id: 'late' }).execute();
    });
    await cut.catch(() => undefined);
    expect(await contacts(id)).toContain('by another');
  });
});
