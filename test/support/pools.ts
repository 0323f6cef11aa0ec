import { MockActivityEnvironment } from '@temporalio/testing';
import { sql } from 'kysely';
import type { RunKind } from '../../activities/engine/run-kind.ts';
import { runBatch, type PoolDeps } from '../../activities/pools/run-batch.ts';
import { createPoolActivities } from '../../activities/pools/run-pool.ts';
import { bucketsOf, type PoolActivities, type PoolAnswer, type PoolQueue } from '../../contracts/runs/pools.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { beginBatch, type PoolBatch } from '../../platform/db/pools/batches.ts';
import { createRuns } from '../../platform/db/runs/runs.ts';
import { newId } from '../../platform/ids.ts';
import type { TestDatabase } from './database.ts';
import { everyKind } from './toy-kind.ts';

/** The buckets of the one pool that there is. */
export const everyBucket = bucketsOf({ pool: 0, pools: 1 });

/** What the runs of `kind` are worked with in a pool. */
export function poolDeps(database: TestDatabase, kind: RunKind, more: Partial<PoolDeps> = {}): PoolDeps {
  return { db: database.app, system: database.system, build: 'one', kinds: everyKind(kind), ...more };
}

/** The batch that is next in a workspace. */
export function nextBatch(database: TestDatabase, workspaceId: string, limit = 200): Promise<PoolBatch | null> {
  return beginBatch(database.system, { workspaceId, pool: 0, buckets: everyBucket, limit });
}

/** Runs one batch after the other until there is none: what is put off or parked stays. */
export async function serveAll(
  database: TestDatabase,
  deps: PoolDeps,
  { workspaceId = database.workspaceId, limit = 200 } = {},
): Promise<void> {
  for (;;) {
    const batch = await nextBatch(database, workspaceId, limit);
    if (!batch) return;
    await runBatch(deps, batch);
  }
}

/** A process that passes over the one pool. */
export function createPass(deps: PoolDeps): (running?: PoolQueue[]) => Promise<PoolAnswer> {
  const activities: PoolActivities = createPoolActivities({ ...deps, pools: 1 });
  return (running = []) => new MockActivityEnvironment().run(activities.runPool, { pool: 0, pools: 1, running });
}

/** Starts so many runs of the toy journey in pools, each with a contact of its own. @returns their ids */
export async function startPooledRuns(
  database: TestDatabase,
  count: number,
  workspaceId = database.workspaceId,
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const made = await inWorkspace(database.app, workspaceId, async (tx) => {
    await sql`insert into contact (workspace_id, id, external_id) select ${workspaceId}::uuid, id, id::text from unnest(${ids}::uuid[]) id`.execute(
      kysely(tx),
    );
    return createRuns(
      tx,
      ids.map((id) => ({
        workspaceId,
        kind: 'journey',
        title: 'Toy',
        entryKey: id,
        subjectId: id,
        contactId: id,
        execution: 'pooled',
      })),
    );
  });
  return made.map(({ runId }) => runId);
}

/** What is still to be done for pools in a workspace: nothing, once all is well. */
export async function leftInPools(database: TestDatabase, workspaceId = database.workspaceId): Promise<object> {
  const { rows } = await sql<object>`
    select (select count(*)::int from pool_ready where workspace_id = ${workspaceId}) as ready,
      (select count(*)::int from pool_action where workspace_id = ${workspaceId}) as actions,
      (select count(*)::int from pool_batch where workspace_id = ${workspaceId}) as batches,
      (select count(*)::int from pool_fault where workspace_id = ${workspaceId}) as faults,
      (select count(*)::int from run_inbox i join run r on r.workspace_id = i.workspace_id and r.id = i.run_id
        where i.workspace_id = ${workspaceId} and i.consumed_turn is null and r.ended_at is null) as unread`.execute(
    kysely(database.system),
  );
  return rows[0] ?? {};
}

/** Nothing is to be done. */
export const nothing = { ready: 0, actions: 0, batches: 0, faults: 0, unread: 0 };
