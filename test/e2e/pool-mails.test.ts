import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPoolActionActivities } from '../../activities/pools/run-actions.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { sampleJourney, startJourneyRun } from '../support/journeys.ts';
import { leftInPools, nothing, serveAll } from '../support/pools.ts';
import '../support/quiet-runtime.ts';
import { startTestWork, type TestWork } from '../support/worker.ts';

const mail: JourneyNode = {
  kind: 'email',
  id: 'hello',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Hello' },
};

let database: TestDatabase;
let test: TestWork;
beforeAll(async () => {
  database = await createTestDatabase();
  test = await startTestWork(database);
});
afterAll(async () => {
  await test?.stop();
  await database?.stop();
});

it('sends the mails of runs in a pool through the ledger, each once, also where two processes work on them', async () => {
  const { app, system, workspaceId } = database;
  const started = [];
  for (let at = 0; at < 5; at += 1)
    started.push(await startJourneyRun(database, sampleJourney(`pool-${at}`, { steps: [mail] }), 'pooled'));
  const serve = (): Promise<void> => serveAll(database, { db: app, system, build: 'one', kinds: test.work.kinds });
  const act = (): Promise<void> => {
    const { actions } = test.work;
    const { runPoolActions } = createPoolActionActivities({ db: app, system, actions, slots: () => 3 });
    const of = { pool: 0, pools: 1, workspaceId, queue: 'email' } as const;
    return new MockActivityEnvironment().run(runPoolActions, of);
  };
  await serve();
  // What a busy server has put off is done by a later chunk.
  do await Promise.all([act(), act()]);
  while ((await kysely(system).selectFrom('pool_action').select('key').execute()).length > 0);
  await serve();
  const mails = await test.doubles.control.mails();
  expect(mails.map(({ to }) => to[0] ?? '').toSorted()).toEqual(
    started.map(({ contactId }) => `${contactId}@example.com`).toSorted(),
  );
  const effects = await kysely(system).selectFrom('effect').select('state').execute();
  expect(effects).toEqual(started.map(() => ({ state: 'done' })));
  expect(await leftInPools(database)).toEqual(nothing);
});
