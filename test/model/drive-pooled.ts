import { MockActivityEnvironment } from '@temporalio/testing';
import { ApplicationFailure } from '@temporalio/activity';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { TURN_FIRST } from '../../activities/effects/claim-actions.ts';
import type { RunKind } from '../../activities/engine/run-kind.ts';
import { runBatch } from '../../activities/pools/run-batch.ts';
import type { ActionActivities } from '../../contracts/core/engine.ts';
import { queueNames } from '../../contracts/core/queues.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import {
  beginActions,
  endActions,
  failAction,
  postponeAction,
  type BegunAction,
} from '../../platform/db/pools/actions.ts';
import { beginBatch } from '../../platform/db/pools/batches.ts';
import { everyBucket, leftInPools, nothing } from '../support/pools.ts';
import type { ClockedDatabase } from './clock.ts';
import type { Driver } from './drive.ts';

/** More rounds than a history needs. */
const mostRounds = 500;
/** As many as one process does at once. */
const limit = 20;

/** As `createDriver`, with what works on runs in pools: their turns in batches, and their actions one by one. */
export function createPooledDriver(
  database: ClockedDatabase,
  work: { kinds: Readonly<Record<string, RunKind>>; actions: ActionActivities },
): Driver {
  const { app, system } = database;
  const deps = { db: app, system, build: 'model', kinds: work.kinds };
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });

  async function turn(workspaceId: string): Promise<boolean> {
    const batch = await beginBatch(system, { workspaceId, pool: 0, buckets: everyBucket, limit });
    if (batch) await runBatch(deps, batch);
    return batch !== null;
  }

  async function attempt(action: BegunAction): Promise<void> {
    const { workspaceId, runId, key } = action;
    try {
      await environment.run(() => work.actions[action.activity]({ workspaceId, runId, key }));
      await endActions(system, [action]);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      if (error.type === TURN_FIRST) await postponeAction(system, action, 0);
      else if (error.nonRetryable === true)
        await failAction(app, action, { type: error.type ?? 'unknown', message: error.message });
      else throw error;
    }
  }

  async function act(workspaceId: string): Promise<boolean> {
    for (const queue of queueNames) {
      const begun = await beginActions(system, { workspaceId, queue, buckets: everyBucket, limit: 1 });
      for (const action of begun) await attempt(action);
      if (begun.length > 0) return true;
    }
    return false;
  }

  return {
    async drive(workspaceId) {
      for (let round = 0; round < mostRounds; round += 1) {
        if ((await turn(workspaceId)) || (await act(workspaceId))) continue;
        const left = await leftInPools(database, workspaceId);
        if (JSON.stringify(left) !== JSON.stringify(nothing))
          throw new Error(`Something stands in the pool: ${JSON.stringify(left)}`);
        return { hasTurned: round > 0, nextDue: await nextDue(workspaceId) };
      }
      throw new Error('The runs of this workspace do not come to rest');
    },
  };

  async function nextDue(workspaceId: string): Promise<number | null> {
    const { rows } = await sql<{ at: Date | null }>`
      select min(next_due_at) as at from run where workspace_id = ${workspaceId} and ended_at is null`.execute(
      kysely(system),
    );
    return rows[0]?.at?.getTime() ?? null;
  }
}
