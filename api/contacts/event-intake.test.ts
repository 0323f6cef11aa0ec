import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import type { IncomingEvent } from '../../platform/db/journeys/event-intake.ts';
import { newId } from '../../platform/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createFailingDb } from '../../test/support/failing-db.ts';
import { Store } from '../http/store.ts';
import { EventIntake } from './event-intake.ts';

describe('calls with an event each that come at the same time', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.stop());

  const event = (contact: string, more: Partial<IncomingEvent> = {}): IncomingEvent => {
    const occurredAt = new Date().toISOString();
    return { id: newId(), name: 'Clicked', contact, key: null, occurredAt, properties: {}, ...more };
  };
  const intake = (db = database.app): ((events: IncomingEvent[]) => Promise<string>) => {
    const { workspaceId } = database;
    const of = new EventIntake(new Store(db));
    return async (events) => {
      const { accepted, idTaken } = await of.takeIn({ workspaceId }, events, false);
      return `${accepted.length} of ${events.length}, ${idTaken.length}`;
    };
  };
  const stored = async (contact: string) => {
    const events = kysely(database.system).selectFrom('event').innerJoin('contact', 'contact.id', 'event.contact_id');
    const rows = await events
      .select('event.id')
      .where('contact.external_id', '=', contact)
      .orderBy('received_at')
      .execute();
    return rows.map(({ id }) => id);
  };

  it('are taken in by one transaction while the first is under way, and each has its own answer', async () => {
    const send = intake();
    const [one, again] = [event('together'), event('together')];
    await send([one]);
    const other = { ...one, name: 'Other' };
    const calls = [[event('first')], [again], [{ ...again }], [other], [event('others'), event('others')]];
    const answers = await Promise.all(calls.map(send));
    expect(answers).toEqual(['1 of 1, 0', '1 of 1, 0', '0 of 1, 0', '0 of 1, 1', '2 of 2, 0']);
    const { rows } = await sql<{
      n: number;
    }>`select count(distinct e.xmin::text)::int as n from event e join contact c on c.id = e.contact_id
      where e.id = ${again.id} or c.external_id = 'others'`.execute(kysely(database.system));
    expect(rows).toEqual([{ n: 1 }]);
    expect(await stored('together')).toEqual([one.id, again.id]);
  });

  it('go each by themselves where one of them cannot be stored', async () => {
    const send = intake();
    const good = [event('well'), event('well'), event('well')];
    const bad = event('well', { properties: { text: '\0' } });
    const [first, refused, ...rest] = await Promise.allSettled(
      [good[0], bad, good[1], good[2]].map((one) => send(one ? [one] : [])),
    );
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: '22P05' } });
    for (const other of [first, ...rest]) expect(other).toEqual({ status: 'fulfilled', value: '1 of 1, 0' });
    expect((await stored('well')).toSorted()).toEqual(good.map(({ id }) => id).toSorted());
  });

  it('that come later do not wait for one whose contact is held', async () => {
    const send = intake();
    await send([event('held')]);
    const failing = createFailingDb(database);
    const patient = intake(failing.db);
    const mayGo = Promise.withResolvers<void>();
    const isHeld = Promise.withResolvers<void>();
    const holding = kysely(database.system)
      .transaction()
      .execute(async (tx) => {
        await tx.selectFrom('contact').select('id').where('external_id', '=', 'held').forUpdate().execute();
        isHeld.resolve();
        await mayGo.promise;
      });
    await isHeld.promise;
    const blocked = patient([event('held')]);
    expect(await patient([event('free')])).toBe('1 of 1, 0');
    mayGo.resolve();
    await holding;
    expect(await blocked).toBe('1 of 1, 0');
    await failing.stop();
    expect(await stored('free')).toHaveLength(1);
  });
});
