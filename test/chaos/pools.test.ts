import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { wakeParkedRun } from '../../platform/db/runs/runs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { leftInPools, nothing, poolDeps, serveAll, startPooledRuns } from '../support/pools.ts';
import { toyKind } from '../support/toy-kind.ts';
import { readRun, startToyRun } from '../support/toy-runs.ts';

const program = join(fileURLToPath(new URL('../..', import.meta.url)), 'test/support/dying-pool.ts');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.stop());

/** Passes over the pool in a process of its own. @returns the signal that killed it */
async function pass(deadly: string): Promise<string | null> {
  const argument = JSON.stringify({ config: database.config, deadly });
  const child = spawn(process.execPath, [program, argument], { stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  // What it has noted of a batch counts as left once it is some seconds old.
  await sql`update pool_batch set at = at - interval '1 minute'`.execute(kysely(database.system));
  return signal;
}

it('parks a run that kills its process twice while it is alone, and goes on with all others', async () => {
  const before = await startPooledRuns(database, 3);
  const { runId } = await startToyRun(database, 'pooled');
  const after = await startPooledRuns(database, 3);
  // Beside the others, then alone, then alone again; then it is parked.
  expect([await pass(runId), await pass(runId), await pass(runId), await pass(runId)]).toEqual([
    'SIGKILL',
    'SIGKILL',
    'SIGKILL',
    null,
  ]);
  for (const id of [...before, ...after]) expect(await readRun(database, id)).toMatchObject({ turn: 1 });
  expect(await readRun(database, runId)).toMatchObject({ turn: 0, ended_at: null });
  const { rows } = await sql<object>`select kind, state from incident where run_id = ${runId}`.execute(
    kysely(database.system),
  );
  expect(rows).toEqual([{ kind: 'engine.fault', state: 'open' }]);
  expect(await leftInPools(database)).toMatchObject({ batches: 0, faults: 1 });

  const { workspaceId } = database;
  await inWorkspace(database.app, workspaceId, (tx) => wakeParkedRun(tx, workspaceId, runId));
  await serveAll(database, poolDeps(database, toyKind([{ kind: 'wait', event: 'Login' }])));
  expect(await readRun(database, runId)).toMatchObject({ turn: 1 });
  expect(await leftInPools(database)).toEqual(nothing);
});
