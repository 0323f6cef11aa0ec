import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { sweepOld } from './retention.ts';

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
        values (${workspaceId}, ${key}, '', now() - ${age}::interval)`.execute(system);
    await addKey('old', '8 days');
    await addKey('young', '6 days');
    await sql`insert into sign_in_attempt (subject_hash, at) values ('\\x01', now() - interval '2 days'), ('\\x01', now())`.execute(
      system,
    );
    await sql`insert into sign_in_link (token_hash, purpose, expires_at) values ('\\x01', 'setup', now() - interval '2 days'), ('\\x02', 'setup', now())`.execute(
      system,
    );
    expect(await sweepOld(system)).toBe(3);
    const keys = await system.selectFrom('idempotency_key').select('key').execute();
    expect(keys).toEqual([{ key: 'young' }]);
    expect(await sweepOld(system)).toBe(0);
  });
});
