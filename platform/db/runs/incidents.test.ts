import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import { newId } from '../../ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { runFilter } from '../../../test/support/run-filter.ts';
import { openTestGate } from '../../../test/support/gates.ts';
import { startToyRun } from '../../../test/support/toy-runs.ts';
import { keepServiceIncidents, openIncident } from './incidents.ts';
import { kysely } from '../core/kysely.ts';
import { findRun, listRuns } from '../views/runs/runs-list.ts';
import { troubled } from '../views/runs/run-filter.ts';
import { inWorkspace } from '../core/workspace.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
});
afterAll(() => database?.stop());

const asks = (runId: string, step: string): Promise<unknown> =>
  sql`update run set open = ${JSON.stringify([{ id: `${step}/1`, step, visit: 1 }])} where id = ${runId}`.execute(
    kysely(database.system),
  );

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

it('says at once that a key is refused, where no try helps: a minute and three tries passed in which all seemed well', async () => {
  const { workspaceId, system, app } = database;
  const putOff = async (code: string): Promise<string> => {
    const { runId } = await startToyRun(database);
    await asks(runId, 'ask');
    await sql`delete from change_log where id = ${runId}`.execute(kysely(system));
    const error = JSON.stringify({ code, message: 'It is refused (401).' });
    await sql`insert into effect (workspace_id, key, run_id, step, visit, generation, kind, mode, state, attempt, request)
      values (${workspaceId}, ${runId}, ${runId}, 'ask', 1, 0, 'llm', 'repeatable', 'claimed', 1, '{}')`.execute(
      kysely(system),
    );
    await sql`update effect set state = 'deferred', error = ${error} where run_id = ${runId}`.execute(kysely(system));
    return runId;
  };
  const refused = await putOff('llm.unauthorised');
  const slow = await putOff('llm.rate_limited');
  const announced = await sql<{ id: string }>`
    select distinct id from change_log where topic = 'run' and id in (${refused}, ${slow})`.execute(kysely(system));
  expect(announced.rows.map(({ id }) => id).toSorted()).toEqual([refused, slow].toSorted());
  const found = await inWorkspace(app, workspaceId, (tx) =>
    kysely(tx)
      .selectFrom('run')
      .select('id')
      .where(sql<boolean>`id in (${troubled(workspaceId)})`)
      .where('id', 'in', [refused, slow])
      .execute(),
  );
  expect(found).toEqual([{ id: refused }]);
  await keepServiceIncidents(system);
  const open = kysely(system).selectFrom('incident').select('message').where('kind', '=', 'llm.waits');
  expect(await open.where('state', '=', 'open').execute()).toEqual([
    { message: 'A step waits for the language model: It is refused (401). It is tried again by itself.' },
  ]);
  await sql`update run set ended_at = now() where id in (${refused}, ${slow})`.execute(kysely(system));
  await keepServiceIncidents(system);
  expect(await open.where('state', '=', 'open').execute()).toEqual([]);
});

it('has one incident for all steps that wait for a service, until none does', async () => {
  const { workspaceId, system } = database;
  const wait = async (kind: string, ago: string, attempt = 3): Promise<string> => {
    const { runId } = await startToyRun(database);
    await asks(runId, 'ask');
    const error = JSON.stringify({ code: 'x', message: 'The key is refused (401).' });
    await sql`insert into effect (workspace_id, key, run_id, step, visit, generation, kind, mode, state, attempt, request, error, planned_at)
      values (${workspaceId}, ${runId}, ${runId}, 'ask', 1, 0, ${kind}, 'repeatable', 'deferred', ${attempt}, '{}', ${error},
        now() - ${ago}::interval)`.execute(kysely(system));
    return runId;
  };
  const open = () =>
    kysely(system)
      .selectFrom('incident')
      .select(['kind', 'message'])
      .where('state', '=', 'open')
      .where('run_id', 'is', null)
      .execute();
  const runs = [await wait('llm', '2 minutes'), await wait('llm', '61 seconds')];
  await wait('llm', '2 minutes', 2);
  await wait('crm', '30 seconds');
  await keepServiceIncidents(system);
  await keepServiceIncidents(system);
  const message = '2 steps wait for the language model: The key is refused (401). It is tried again by itself.';
  expect(await open()).toEqual([{ kind: 'llm.waits', message }]);
  await sql`update run set ended_at = now() where id = ${runs[0]}`.execute(kysely(system));
  await keepServiceIncidents(system);
  expect((await open()).map((each) => each.message)).toEqual([expect.stringMatching(/^A step waits/)]);
  // Its step was skipped, and the run goes on.
  await asks(runs[1] ?? '', 'next');
  await keepServiceIncidents(system);
  expect(await open()).toEqual([]);
  await asks(runs[1] ?? '', 'ask');
  await keepServiceIncidents(system);
  expect(await open()).toHaveLength(1);
  await sql`update effect set state = 'done' where run_id = ${runs[1]}`.execute(kysely(system));
  await keepServiceIncidents(system);
  expect(await open()).toEqual([]);
});

it('lets nobody look for what the run no longer asks for: a mail that was taken back, one about an approval that is over (a hostile reader)', async () => {
  const { workspaceId, system, app } = database;
  /** An effect that is put off after three tries. */
  const putOff = async (runId: string, request: JsonObject, code = 'email.connection'): Promise<void> => {
    const error = JSON.stringify({ code, message: 'It is away.' });
    await sql`insert into effect (workspace_id, key, run_id, step, visit, generation, kind, mode, state, attempt, request, error)
      values (${workspaceId}, ${runId}, ${runId}, 'approve', 1, 0, 'email', 'atMostOnce', 'deferred', 3, ${JSON.stringify(request)}, ${error})`.execute(
      kysely(system),
    );
  };
  /** Of each run whether a filter finds it, and what its line says. */
  const seen = (runId: string): Promise<[boolean, string | undefined]> =>
    inWorkspace(app, workspaceId, async (tx) => {
      const filter = runFilter(workspaceId, { state: 'trouble' });
      const found = await listRuns(tx, filter, { sort: 'newest', before: null }, 100);
      return [found.some(({ id }) => id === runId), (await findRun(tx, workspaceId, runId))?.trouble?.kind];
    });
  const [wanted, unwanted] = [
    [true, 'retrying'],
    [false, undefined],
  ];

  for (const code of ['email.connection', 'email.auth']) {
    const { runId } = await startToyRun(database);
    await asks(runId, 'approve');
    await putOff(runId, {}, code);
    expect(await seen(runId)).toEqual(wanted);
    await asks(runId, 'later');
    expect(await seen(runId)).toEqual(unwanted);
  }
  const { runId, gateId } = await openTestGate(database);
  await putOff(runId, { gate: gateId, member: newId() });
  expect(await seen(runId)).toEqual(wanted);
  await sql`update gate set status = 'decided' where id = ${gateId}`.execute(kysely(system));
  expect(await seen(runId)).toEqual(unwanted);
});
