import { describe, expect, it } from 'vitest';
import { enroll, makeCourseRun } from '../../../test/support/courses.ts';
import { useOwnedDatabase } from '../../../test/support/use-owned-database.ts';
import { kysely } from '../core/kysely.ts';
import { up } from './0045-refunds-of-before.ts';

describe('refunds of before', () => {
  const opened = useOwnedDatabase();

  it('come into the books once, however often a refund was asked for and the migration runs', async () => {
    const { enrollmentId, runId } = await enroll(opened.database, await makeCourseRun(opened.database));
    const effect = {
      workspace_id: opened.database.workspaceId,
      run_id: runId,
      step: 'refund-payment',
      generation: 0,
      kind: 'payment' as const,
      mode: 'keyed' as const,
      state: 'done' as const,
      request: JSON.stringify({ paymentIntent: 'pi_1', amountMinor: 5_000 }),
      result: JSON.stringify({ refundId: 're_1' }),
    };
    await kysely(opened.database.system)
      .insertInto('effect')
      .values([1, 2].map((visit) => ({ ...effect, visit, key: `${runId}/refund-payment/${visit}` })))
      .execute();
    for (let times = 0; times < 2; times++) await up(kysely(opened.owner) as unknown as Parameters<typeof up>[0]);
    const rows = await kysely(opened.database.system).selectFrom('money_back').selectAll().execute();
    expect(rows).toMatchObject([
      { id: 're_1', kind: 'refund', enrollment_id: enrollmentId, amount_minor: '5000', currency: 'EUR', is_own: true },
    ]);
  });
});
