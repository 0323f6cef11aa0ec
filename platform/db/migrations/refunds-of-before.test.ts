import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enroll, makeCourseRun } from '../../../test/support/courses.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { kysely } from '../core/kysely.ts';
import { createDb, type Db } from '../core/pool.ts';
import { up } from './0045-refunds-of-before.ts';

describe('refunds of before', () => {
  let database: TestDatabase;
  let owner: Db;
  beforeAll(async () => {
    database = await createTestDatabase();
    owner = createDb(database.config, 'tl_owner', 1);
  });
  afterAll(async () => {
    await owner?.destroy();
    await database?.stop();
  });

  it('come into the books once, however often a refund was asked for and the migration runs', async () => {
    const { enrollmentId, runId } = await enroll(database, await makeCourseRun(database));
    const effect = {
      workspace_id: database.workspaceId,
      run_id: runId,
      step: 'refund-payment',
      generation: 0,
      kind: 'payment' as const,
      mode: 'keyed' as const,
      state: 'done' as const,
      request: JSON.stringify({ paymentIntent: 'pi_1', amountMinor: 5_000 }),
      result: JSON.stringify({ refundId: 're_1' }),
    };
    await kysely(database.system)
      .insertInto('effect')
      .values([1, 2].map((visit) => ({ ...effect, visit, key: `${runId}/refund-payment/${visit}` })))
      .execute();
    for (let times = 0; times < 2; times++) await up(kysely(owner) as unknown as Parameters<typeof up>[0]);
    const rows = await kysely(database.system).selectFrom('money_back').selectAll().execute();
    expect(rows).toMatchObject([
      { id: 're_1', kind: 'refund', enrollment_id: enrollmentId, amount_minor: '5000', currency: 'EUR', is_own: true },
    ]);
  });
});
