import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../contracts/core/json.ts';
import type { JourneyDefinition } from '../../../../contracts/journeys/journey.schema.ts';
import { atOnce } from '../../../../test/support/at-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { createFailingDb, type FailingDb } from '../../../../test/support/failing-db.ts';
import { sampleJourney, storeJourney } from '../../../../test/support/journeys.ts';
import { newId } from '../../../ids.ts';
import { BulkEnded, type BulkRow, cancelBulk, insertBulk } from '../../bulk/bulk-operations.ts';
import { eraseContact } from '../../contacts/contact-erasure.ts';
import { contactById, lockContacts } from '../../contacts/contacts.ts';
import { kysely } from '../../core/kysely.ts';
import { inWorkspace } from '../../core/workspace.ts';
import { enterMany, type Piece } from './enter-many.ts';
import { insertPeople } from './people-meant.ts';

/** No API runs beside these: the pieces are done here. */
describe('the pieces of an entry of many', () => {
  let database: TestDatabase;
  let failing: FailingDb;
  beforeAll(async () => {
    database = await createTestDatabase();
    failing = createFailingDb(database);
  });
  afterAll(async () => {
    await failing?.stop();
    await database?.stop();
  });

  /** An operation that names so many people of its own, and the journey that they are to enter. */
  const begin = (
    count: number,
    change: Partial<JourneyDefinition> = {},
    execution = 'dedicated',
  ): Promise<{ bulk: BulkRow; journeyId: string; people: string[] }> =>
    inWorkspace(database.app, database.workspaceId, async (tx) => {
      const { workspaceId } = database;
      const definition = sampleJourney('walk', change);
      const { journeyId } = await storeJourney(tx, workspaceId, definition, { status: 'live', live_version: 1 });
      const people = Array.from({ length: count }, () => newId());
      await lockContacts(tx, workspaceId, people);
      const bulk = await insertBulk(tx, {
        workspaceId,
        kind: 'enterMany',
        reason: 'r',
        selection: { key: null, variables: { letter: 'autumn' }, execution } satisfies JsonObject,
        subjectId: journeyId,
        actor: { kind: 'apiKey', id: newId(), name: 'a key' },
        requestedBy: null,
        total: count,
      });
      await insertPeople(tx, bulk, people);
      return { bulk, journeyId, people };
    });
  const piece = (bulk: BulkRow, most: number, db = database.app): Promise<Piece> =>
    inWorkspace(db, database.workspaceId, (tx) => enterMany(tx, bulk, most));
  const stateOf = async (bulk: BulkRow): Promise<BulkRow> =>
    kysely(database.system)
      .selectFrom('bulk_operation')
      .selectAll()
      .where('id', '=', bulk.id)
      .executeTakeFirstOrThrow();
  /** The people who have entered, one for each of their runs. */
  const entered = async (journeyId: string): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`
      select c.external_id as id from journey_run r join contact c on c.id = r.contact_id where r.journey_id = ${journeyId}`.execute(
      kysely(database.system),
    );
    return rows.map(({ id }) => id);
  };
  const setStatus = (journeyId: string, status: string): Promise<unknown> =>
    kysely(database.system).updateTable('journey').set({ status }).where('id', '=', journeyId).execute();

  it('lets each in once, whatever statement of whichever piece dies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ most: fc.integer({ min: 1, max: 4 }), dies: fc.option(fc.integer({ min: 1, max: 16 })) }),
          {
            maxLength: 8,
          },
        ),
        async (pieces) => {
          const { bulk, journeyId, people } = await begin(5);
          for (const { most, dies } of pieces) {
            failing.failAt(dies);
            // One that has ended takes no more pieces.
            await piece(bulk, most, failing.db).catch((error: unknown) => expect(error).toBeInstanceOf(Error));
            const { done, state } = await stateOf(bulk);
            expect([await entered(journeyId), state]).toEqual([expect.objectContaining({ length: done }), state]);
          }
          failing.failAt(null);
          while ((await stateOf(bulk)).state === 'running') await piece(bulk, 2);
          expect((await entered(journeyId)).toSorted()).toEqual(people.toSorted());
          expect(await stateOf(bulk)).toMatchObject({ state: 'done', done: 5, refused: 0 });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes back what it did beside another process that did the same', async () => {
    const { bulk, journeyId, people } = await begin(3, { reentry: 'perKey' });
    const [first, second] = await atOnce(
      database,
      (tx) => enterMany(tx, bulk, 2),
      (tx) => enterMany(tx, bulk, 2),
    );
    expect(first).toEqual({ status: 'fulfilled', value: { kind: 'entered', count: 2 } });
    expect(second).toMatchObject({ status: 'rejected', reason: expect.any(BulkEnded) as unknown });
    expect(await entered(journeyId)).toHaveLength(2);
    expect(await piece(bulk, 2)).toEqual({ kind: 'over' });
    expect((await entered(journeyId)).toSorted()).toEqual(people.toSorted());
  });

  it('reaches nobody any more who was not reached before it was ended, and forgets whom it named', async () => {
    const { bulk, journeyId } = await begin(3);
    await piece(bulk, 1);
    await inWorkspace(database.app, database.workspaceId, (tx) =>
      cancelBulk(tx, { workspaceId: database.workspaceId, id: bulk.id }),
    );
    await expect(piece(bulk, 1)).rejects.toThrow(BulkEnded);
    expect(await entered(journeyId)).toHaveLength(1);
    const left = kysely(database.system).selectFrom('bulk_person').selectAll().where('bulk_id', '=', bulk.id);
    expect([await left.execute(), (await stateOf(bulk)).selection]).toEqual([
      [],
      { key: null, execution: 'dedicated' },
    ]);
  });

  it('rests while its journey is paused or has enough runs that have yet to begin', async () => {
    const { bulk, journeyId } = await begin(201);
    await setStatus(journeyId, 'paused');
    expect(await piece(bulk, 500)).toEqual({ kind: 'rests', for: 'journey' });
    await setStatus(journeyId, 'live');
    expect(await piece(bulk, 500)).toEqual({ kind: 'entered', count: 200 });
    expect(await piece(bulk, 500)).toEqual({ kind: 'rests', for: 'starts' });
    // Those that have waited for long stand for another reason, and hold nobody up.
    const begun = kysely(database.system).updateTable('run').where('subject_id', '=', journeyId);
    await begun.set({ updated_at: new Date(Date.now() - 3_600_000) }).execute();
    expect(await piece(bulk, 1)).toEqual({ kind: 'entered', count: 1 });
    await kysely(database.system)
      .updateTable('run')
      .set({ status: 'waiting' })
      .where('subject_id', '=', journeyId)
      .execute();
    expect(await piece(bulk, 500)).toEqual({ kind: 'over' });
    expect(await stateOf(bulk)).toMatchObject({ state: 'done', done: 201 });
  });

  it('ends where its journey was stopped, and passes over who was erased meanwhile', async () => {
    const { bulk, journeyId, people } = await begin(3);
    await inWorkspace(database.app, database.workspaceId, async (tx) => {
      const [row] = (await lockContacts(tx, database.workspaceId, people.slice(0, 1))).values();
      const contact = row && (await contactById(tx, database.workspaceId, row.id));
      if (contact) await eraseContact(tx, contact);
    });
    expect(await piece(bulk, 1)).toEqual({ kind: 'entered', count: 1 });
    await setStatus(journeyId, 'stopped');
    expect(await piece(bulk, 1)).toEqual({ kind: 'over' });
    expect(await stateOf(bulk)).toMatchObject({ state: 'cancelled', done: 1 });
    expect(await entered(journeyId)).toEqual([expect.not.stringMatching(people[0] ?? '')]);
  });

  it('gives each what it says, in the execution that was chosen', async () => {
    const { bulk, journeyId } = await begin(2, {}, 'pooled');
    await piece(bulk, 2);
    const { rows } = await sql<object>`
      select r.pool is not null as "isPooled", j.entry - 'receivedAt' - 'occurredAt' as entry from run r join journey_run j on j.run_id = r.id
      where j.journey_id = ${journeyId}`.execute(kysely(database.system));
    const entry = { eventId: null, event: 'startedByHand', key: null, properties: { letter: 'autumn' } };
    expect(rows).toEqual([
      { isPooled: true, entry },
      { isPooled: true, entry },
    ]);
  });
});
