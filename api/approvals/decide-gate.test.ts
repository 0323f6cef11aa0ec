import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../platform/ids.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import { atOnce } from '../../test/support/at-once.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { openTestGate } from '../../test/support/gates.ts';
import { decideGate } from './decide-gate.ts';

describe('a decision on a gate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('is made once: of two people who decide at once the second is refused', async () => {
    const { gateId, contentHash, runId } = await openTestGate(database);
    const { workspaceId } = database;
    const decide = (outcome: string) => (tx: Tx) => {
      const id = newId();
      return decideGate(tx, {
        workspaceId,
        gateId,
        decider: { kind: 'member', id, roles: ['approver'], createdBy: null },
        via: 'api',
        audit: { workspaceId, actor: { kind: 'member', id } },
        decision: { outcome, round: 1, expectedHash: contentHash, comment: 'I looked' },
      });
    };

    expect(await atOnce(database, decide('approve'), decide('reject'))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'gate.decided' } },
    ]);
    const decisions = await kysely(database.system)
      .selectFrom('gate_vote')
      .select('outcome')
      .where('gate_id', '=', gateId)
      .execute();
    expect(decisions).toEqual([{ outcome: 'approve' }]);
    const received = await kysely(database.system)
      .selectFrom('run_inbox')
      .select('kind')
      .where('run_id', '=', runId)
      .execute();
    expect(received).toEqual([{ kind: 'gate' }]);
  });
});
