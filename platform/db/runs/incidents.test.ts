import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { startToyRun } from '../../../test/support/toy-runs.ts';
import { openIncident } from './incidents.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
});
afterAll(() => database?.stop());

it('opens one incident of a kind for each run, also once Postgres has made a general plan of the statement', async () => {
  const { workspaceId } = database;
  const runIds: string[] = [];
  // A statement is prepared from its third use, and five plans later its parameters are no longer known to the plan.
  for (let count = 0; count < 12; count += 1) {
    const { runId } = await startToyRun(database);
    const incident = { workspaceId, runId, kind: 'run.lost', message: 'It is gone' };
    await inWorkspace(database.app, workspaceId, (tx) => openIncident(tx, incident));
    await inWorkspace(database.app, workspaceId, (tx) => openIncident(tx, incident));
    runIds.push(runId);
  }
  const opened = await kysely(database.system).selectFrom('incident').select('run_id').execute();
  expect(opened).toHaveLength(runIds.length);
  expect(new Set(opened.map((row) => row.run_id))).toEqual(new Set(runIds));
});
