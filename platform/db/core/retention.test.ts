import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { startToyRun } from '../../../test/support/toy-runs.ts';
import { retentionOf, retentionShape } from '../../retention.ts';
import { sweepOld, sweepTurns } from './retention.ts';
import { kysely } from './kysely.ts';
import { createDb } from './pool.ts';

const retention = retentionOf(z.object(retentionShape).parse({}));

describe('retention', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('deletes what is old, and nothing else', async () => {
    const { system, workspaceId } = database;
    const addKey = (key: string, age: string): Promise<unknown> =>
      sql`insert into idempotency_key (workspace_id, key, request_hash, created_at)
        values (${workspaceId}, ${key}, '', now() - ${age}::interval)`.execute(kysely(system));
    await addKey('old', '8 days');
    await addKey('young', '6 days');
    await sql`insert into sign_in_attempt (subject_hash, at) values ('\\x01', now() - interval '2 days'), ('\\x01', now())`.execute(
      kysely(system),
    );
    await sql`insert into sign_in_link (token_hash, purpose, expires_at) values ('\\x01', 'setup', now() - interval '2 days'), ('\\x02', 'setup', now())`.execute(
      kysely(system),
    );
    expect(await sweepOld(system, retention)).toBe(3);
    const keys = await kysely(system).selectFrom('idempotency_key').select('key').execute();
    expect(keys).toEqual([{ key: 'young' }]);
    expect(await sweepOld(system, retention)).toBe(0);
  });

  it('goes on with the other tables where one refuses (riverqueue/river #575)', async () => {
    const { system } = database;
    const owner = createDb(database.config, 'tl_owner', 1);
    const statement = (text: string): Promise<unknown> => sql.raw(text).execute(kysely(owner));
    await statement(`create function refuse() returns trigger language plpgsql as $$ begin raise 'too slow'; end $$`);
    await statement('create trigger refuse before delete on session for each statement execute function refuse()');
    await sql`insert into sign_in_attempt (subject_hash, at) values ('\\x03', now() - interval '2 days')`.execute(
      kysely(system),
    );
    await expect(sweepOld(system, retention)).rejects.toThrow('too slow');
    const { rows } = await sql`select 1 from sign_in_attempt where subject_hash = '\\x03'`.execute(kysely(system));
    expect(rows).toEqual([]);
    await statement('drop trigger refuse on session');
    await owner.destroy();
  });

  /** A run with three turns that ended so long ago; null: it goes on. */
  async function addRun(status: string, ended: string | null): Promise<string> {
    const { runId } = await startToyRun(database);
    const { system, workspaceId } = database;
    await sql`insert into run_turn (workspace_id, run_id, turn, generation, state, at)
      select ${workspaceId}, ${runId}, n, 0, jsonb_build_object('n', n), now() - interval '1 year' from generate_series(1, 3) n`.execute(
      kysely(system),
    );
    await sql`update run set turn = 3, status = ${status}, ended_at = now() - ${ended}::interval where id = ${runId}`.execute(
      kysely(system),
    );
    return runId;
  }

  async function turnsOf(runId: string): Promise<number[]> {
    const rows = await kysely(database.system)
      .selectFrom('run_turn')
      .select('turn')
      .where('run_id', '=', runId)
      .orderBy('turn')
      .execute();
    return rows.map(({ turn }) => turn);
  }

  it('leaves of a run that ended 30 days ago its last turn, and of one that failed all of them for 90 days', async () => {
    const ids = {
      live: await addRun('waiting', null),
      young: await addRun('completed', '29 days'),
      old: await addRun('completed', '31 days'),
      exited: await addRun('exited', '40 days'),
      failed: await addRun('failed', '89 days'),
      longFailed: await addRun('failed', '91 days'),
    };
    expect(await sweepTurns(database.system, retention)).toBe(3);
    const left = await Promise.all(Object.entries(ids).map(async ([name, id]) => [name, await turnsOf(id)] as const));
    expect(Object.fromEntries(left)).toEqual({
      live: [1, 2, 3],
      young: [1, 2, 3],
      old: [3],
      exited: [3],
      failed: [1, 2, 3],
      longFailed: [3],
    });
    expect(await sweepTurns(database.system, retention), 'each run is gone through once').toBe(0);
    const later = { ...retention, turns: 28 * 24 };
    expect(await sweepTurns(database.system, later)).toBe(1);
    expect(await turnsOf(ids.young)).toEqual([3]);
  });

  it('goes through runs that ended at one instant together, though they are more than a pass takes', async () => {
    const { system, workspaceId } = database;
    await sql`insert into run (workspace_id, kind, title, workflow_id, entry_key, subject_id, status, turn, ended_at)
      select ${workspaceId}, 'batch', 'Old', 'old-' || n, 'old-' || n, ${workspaceId}, 'completed', 2, now() - interval '28 days'
      from generate_series(1, 450) n`.execute(kysely(system));
    await sql`insert into run_turn (workspace_id, run_id, turn, generation, state)
      select workspace_id, id, n, 0, '{}' from run, generate_series(1, 2) n where title = 'Old'`.execute(
      kysely(system),
    );
    expect(await sweepTurns(system, { ...retention, turns: 27 * 24 })).toBe(450);
    const { rows } = await sql<{ turn: number }>`
      select distinct t.turn from run_turn t join run r on r.id = t.run_id where r.title = 'Old'`.execute(
      kysely(system),
    );
    expect(rows).toEqual([{ turn: 2 }]);
  });
});
