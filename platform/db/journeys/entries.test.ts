import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { atOnce } from '../../../test/support/at-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { createFailingDb } from '../../../test/support/failing-db.ts';
import { sampleJourney } from '../../../test/support/journeys.ts';
import { newId } from '../../ids.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { type IncomingEvent, takeInEvents } from './event-intake.ts';
import { storeJourneyVersion } from './journey-versions.ts';
import { changeJourney, findJourney, findLiveJourney, insertJourney } from './journeys.ts';

describe('who comes in while a journey is published (a hostile reader)', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  /** Publishes a journey that people enter by an event of its own name, unless `change` says another. */
  const publish = async (tx: Tx, slug: string, change: Partial<JourneyDefinition> = {}): Promise<void> => {
    const definition = sampleJourney(slug, { entry: [{ event: slug }], ...change });
    const journey = await findJourney(tx, database.workspaceId, slug, { lock: true });
    if (!journey) throw new Error(`No journey ${slug}`);
    const by = { definition, publishedBy: 'x', publisher: null };
    const { version } = await storeJourneyVersion(tx, journey, by);
    await changeJourney(tx, journey, { status: 'live', liveVersion: version.version });
  };
  const makeLive = (slug: string): Promise<void> =>
    inWorkspace(database.app, database.workspaceId, async (tx) => {
      const draft = sampleJourney(slug) as unknown as JsonObject;
      await insertJourney(tx, { workspaceId: database.workspaceId, slug, name: slug, draft });
      await publish(tx, slug);
    });
  const event = (name: string, contact: string, id = newId()): IncomingEvent => {
    return { id, name, contact, key: null, occurredAt: new Date().toISOString(), properties: {} };
  };
  const takeIn = async (tx: Tx, ...events: IncomingEvent[]): Promise<number> =>
    (await takeInEvents(tx, database.workspaceId, events)).accepted.length;
  /** The versions by which a contact has entered. */
  const enteredBy = async (contact: string): Promise<number[]> => {
    const { rows } = await sql<{ version: number }>`
      select v.version from journey_run r join journey_version v on v.id = r.version_id join contact c on c.id = r.contact_id
      where c.external_id = ${contact}`.execute(kysely(database.system));
    return rows.map(({ version }) => version);
  };

  it('enters by the version that is published', async () => {
    await makeLive('published');
    const [published, taken] = await atOnce(
      database,
      (tx) => publish(tx, 'published', { name: 'Second' }),
      (tx) => takeIn(tx, event('published', 'ana')),
    );
    expect([published.status, taken]).toEqual(['fulfilled', { status: 'fulfilled', value: 1 }]);
    expect(await enteredBy('ana')).toEqual([2]);
  });

  it('does not enter by an event that lets nobody in any more', async () => {
    await makeLive('closed');
    const [published, taken] = await atOnce(
      database,
      (tx) => publish(tx, 'closed', { entry: [{ event: 'Other' }] }),
      (tx) => takeIn(tx, event('closed', 'bo')),
    );
    expect([published.status, taken]).toEqual(['fulfilled', { status: 'fulfilled', value: 1 }]);
    expect(await enteredBy('bo')).toEqual([]);
  });

  it('enters where it was published while the event waited for the id of another one', async () => {
    await makeLive('meanwhile');
    const { workspaceId, app, system } = database;
    const patient = createFailingDb(database);
    const begins = Promise.withResolvers<number>();
    const id = newId();
    const { taking } = await inWorkspace(patient.db, workspaceId, async (tx) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(kysely(tx));
      await takeIn(tx, event('Clicked', 'holder', id));
      const other = inWorkspace(patient.db, workspaceId, async (second) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(kysely(second));
        begins.resolve(rows[0]?.pid ?? 0);
        return takeIn(second, event('Clicked', 'cy', id), event('meanwhile', 'cy'));
      });
      const pid = await begins.promise;
      await eventually('it waits for the id', async () => {
        const { rows } = await sql<{ blocked: boolean }>`
          select cardinality(pg_blocking_pids(${pid}::int)) > 0 as blocked`.execute(kysely(system));
        return rows[0]?.blocked;
      });
      await inWorkspace(app, workspaceId, (third) => publish(third, 'meanwhile', { name: 'Second' }));
      return { taking: other };
    });
    expect(await taking).toBe(1);
    await patient.stop();
    expect(await enteredBy('cy')).toEqual([2]);
  });

  it('enters by hand, by the version that is published', async () => {
    await makeLive('by-hand');
    const [published, found] = await atOnce(
      database,
      (tx) => publish(tx, 'by-hand', { name: 'Second' }),
      (tx) => findLiveJourney(tx, database.workspaceId, 'by-hand'),
    );
    expect([published.status, found]).toMatchObject([
      'fulfilled',
      { status: 'fulfilled', value: { definition: { name: 'Second' } } },
    ]);
  });
});
