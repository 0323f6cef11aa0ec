import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, TEST_KEY, type TestDatabase } from '../../../test/support/database.ts';
import { sampleJourney, startJourneyRun } from '../../../test/support/journeys.ts';
import { masterKeys } from '../../keys/master-keys.ts';
import { findContact, lockContacts } from '../contacts/contacts.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace } from '../core/workspace.ts';
import { lockFreeRuns, lockRun } from '../runs/turns.ts';
import { joinContacts } from './join-contacts.ts';

const keys = masterKeys({ THROUGHLINE_KEY: TEST_KEY });

describe('contacts that are joined while their runs have turns', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  it('has a turn that waited for the one that is gone lock the one whom its run is of now', async () => {
    const { app, workspaceId } = database;
    const { runId, contactId } = await startJourneyRun(database, sampleJourney('joined-meanwhile'));
    const [joined, waits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const joining = inWorkspace(app, workspaceId, async (tx) => {
      const rows = await lockContacts(tx, workspaceId, ['stays', contactId]);
      const [contact, other] = [rows.get('stays'), rows.get(contactId)];
      if (!contact || !other) throw new Error('Two contacts were to be locked');
      await joinContacts(tx, keys, { contact, other });
      joined.resolve();
      await waits.promise;
      return contact.id;
    });
    await joined.promise;
    const turn = inWorkspace(app, workspaceId, async (tx) => {
      const run = await lockRun(tx, workspaceId, runId);
      // Who is not waited for is left alone while the turn has its person.
      const free = await inWorkspace(app, workspaceId, (beside) => lockFreeRuns(beside, workspaceId, [runId]));
      const held = inWorkspace(app, workspaceId, (beside) =>
        sql`select from contact where workspace_id = ${workspaceId} and id = ${run?.contact_id} for no key update nowait`.execute(
          kysely(beside),
        ),
      );
      await expect(held).rejects.toMatchObject({ code: '55P03' });
      return { run, free };
    });
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%person as materialized%'`;
    await expect.poll(async () => (await waiting.execute(kysely(app))).rows[0]?.count).toBe(1);
    waits.resolve();
    const stays = await joining;
    const { run, free } = await turn;
    expect([run?.id, run?.contact_id, free]).toEqual([runId, stays, []]);
    const found = await inWorkspace(app, workspaceId, (tx) => findContact(tx, workspaceId, contactId));
    expect(found).toMatchObject({ id: stays, external_id: 'stays', attributes: { firstName: 'Ana' } });
  });
});
