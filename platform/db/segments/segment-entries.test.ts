import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Condition } from '../../../contracts/journeys/conditions.schema.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { segmentEnter, segmentLeave } from '../../../sdk/journey/journey.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { createFailingDb, type FailingDb } from '../../../test/support/failing-db.ts';
import { sampleJourney, storeJourney } from '../../../test/support/journeys.ts';
import { changeContact, lockContacts } from '../contacts/contacts.ts';
import { kysely } from '../core/kysely.ts';
import { inWorkspace, type Tx } from '../core/workspace.ts';
import { keepNoted, keepSegments } from './keep-segments.ts';
import { listSegments, saveSegment } from './segments.ts';

const isVip: Condition = {
  kind: 'compare',
  op: 'equals',
  left: { kind: 'contact', path: ['tier'] },
  right: { kind: 'literal', value: 'vip' },
};

/** No worker runs beside these: the passes are made here. */
describe('journeys that are entered by a segment (issue 16)', () => {
  let database: TestDatabase;
  let failing: FailingDb;
  let workspaceId: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    failing = createFailingDb(database);
    ({ workspaceId } = database);
    await write('member', 'vip');
    await work((tx) => saveSegment(tx, workspaceId, { slug: 'vip', name: 'VIP', rule: isVip }, []));
    const isBuilding = async (): Promise<boolean> => {
      const [segment] = await work((tx) => listSegments(tx, workspaceId));
      return segment?.state !== 'ready';
    };
    while (await isBuilding()) await keepSegments(database.system);
  });
  afterAll(async () => {
    await failing?.stop();
    await database?.stop();
  });

  const work = <T>(step: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, workspaceId, step);
  const write = (externalId: string, tier: string): Promise<void> =>
    work(async (tx) => {
      const row = (await lockContacts(tx, workspaceId, [externalId])).get(externalId);
      if (row) await changeContact(tx, row, { attributes: { tier } });
    });
  const publish = (change: Partial<JourneyDefinition>): Promise<string> =>
    work(async (tx) => {
      const definition = sampleJourney('by-segment', change);
      const live = { status: 'live', live_version: 1 } as const;
      return (await storeJourney(tx, workspaceId, definition, live)).journeyId;
    });
  const keep = async (): Promise<void> => {
    while ((await keepSegments(database.system)) > 0);
  };
  const entered = async (journeyId: string): Promise<string[]> => {
    const { rows } = await sql<{
      id: string;
    }>`select c.external_id as id from journey_run r join contact c on c.id = r.contact_id
      where r.journey_id = ${journeyId} order by r.run_id`.execute(kysely(database.system));
    return rows.map(({ id }) => id);
  };

  it('let in who comes into it from then on, and who leaves', async () => {
    const [coming, going] = [
      await publish({ entry: [segmentEnter('vip').trigger] }),
      await publish({ entry: [segmentLeave('vip').trigger], execution: 'pooled' }),
    ];
    await publish({ entry: [segmentEnter('other').trigger] }).then(async (other) => {
      await write('ana', 'vip');
      await write('ben', 'none');
      await keep();
      expect([await entered(coming), await entered(going), await entered(other)]).toEqual([['ana'], [], []]);
    });
    await write('ana', 'none');
    await keep();
    expect([await entered(coming), await entered(going)]).toEqual([['ana'], ['ana']]);
    const { rows } =
      await sql`select name, key, properties from event where name like '$segment%' order by received_at`.execute(
        kysely(database.system),
      );
    expect(rows).toEqual([
      { name: '$segmentEntered', key: 'vip', properties: { segment: 'vip' } },
      { name: '$segmentLeft', key: 'vip', properties: { segment: 'vip' } },
    ]);
  });

  it('let nobody in by a rule that is written', async () => {
    const journeyId = await publish({ entry: [segmentEnter('all').trigger] });
    await work((tx) => saveSegment(tx, workspaceId, { slug: 'all', name: 'All', rule: { kind: 'all', of: [] } }, []));
    const members = async (): Promise<number | undefined> =>
      (await work((tx) => listSegments(tx, workspaceId))).find(({ slug }) => slug === 'all')?.members;
    while (((await members()) ?? 0) < 3) await keepSegments(database.system);
    expect(await entered(journeyId)).toEqual([]);
    await write('new-one', 'none');
    await keep();
    expect(await entered(journeyId)).toEqual(['new-one']);
  });

  it('let each in once for each time they come, whatever statement of whichever pass dies', async () => {
    const journeyId = await publish({ entry: [segmentEnter('vip').trigger] });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 3 }), async (deaths) => {
        count += 1;
        await write(`p-${count}`, 'vip');
        for (const dies of deaths) {
          failing.failAt(dies);
          await inWorkspace(failing.db, workspaceId, (tx) => keepNoted(tx, workspaceId)).catch((error: unknown) =>
            expect(error).toBeInstanceOf(Error),
          );
          failing.failAt(null);
        }
        await keep();
        expect((await entered(journeyId)).filter((id) => id === `p-${count}`)).toHaveLength(1);
      }),
      { numRuns: 15, seed: 16 },
    );
  });
});
