import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../contracts/core/machine.ts';
import type { Condition, ValueExpression } from '../../../contracts/journeys/conditions.schema.ts';
import { atOnce } from '../../../test/support/at-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { createFailingDb, type FailingDb } from '../../../test/support/failing-db.ts';
import { newId } from '../../ids.ts';
import { eraseContact } from '../contacts/contact-erasure.ts';
import { changeContact, lockContacts, mergeAttributes } from '../contacts/contacts.ts';
import { kysely } from '../core/kysely.ts';
import { inTransaction, inWorkspace, type Tx } from '../core/workspace.ts';
import { takeInEvents } from '../journeys/event-intake.ts';
import { buildNext, keepNoted, keepSegments } from './keep-segments.ts';
import { listSegments, lockSegments, saveSegment } from './segments.ts';

const is = (name: string, value: string): Condition => ({
  kind: 'compare',
  op: 'equals',
  left: { kind: 'contact', path: [name] },
  right: { kind: 'literal', value },
});
const ordered = (within?: string): Condition => ({
  kind: 'performed',
  event: 'Ordered',
  ...(within === undefined ? {} : { within }),
});
const day = 86_400_000;
const now = (plus: string): ValueExpression => ({ kind: 'now', plus });

/** No worker runs beside these: the passes are made here. */
describe('segments, kept as people change (issue 16)', () => {
  let database: TestDatabase;
  let failing: FailingDb;
  let workspaceId: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    failing = createFailingDb(database);
    ({ workspaceId } = database);
  });
  afterAll(async () => {
    await failing?.stop();
    await database?.stop();
  });

  const work = <T>(step: (tx: Tx) => Promise<T>): Promise<T> => inWorkspace(database.app, workspaceId, step);
  const save = (slug: string, rule: Condition, users: string[] = []): Promise<void> =>
    work(async (tx) => {
      await lockSegments(tx, workspaceId);
      await saveSegment(tx, workspaceId, { slug, name: slug, rule }, users);
    });
  const write = (externalId: string, attributes: JsonObject): Promise<void> =>
    work(async (tx) => {
      const row = (await lockContacts(tx, workspaceId, [externalId])).get(externalId);
      if (row) await changeContact(tx, row, { attributes });
    });
  const event = (contact: string, name: string, ago = 0): Promise<unknown> =>
    work((tx) => {
      const id = `${contact}-${newId()}`;
      const occurredAt = new Date(Date.now() - ago).toISOString();
      return takeInEvents(tx, workspaceId, [{ id, name, contact, key: null, occurredAt, properties: {} }]);
    });
  /** Passes until there is nothing left to do. A segment is built once what was under way when it was made has ended. */
  const keep = async (): Promise<void> => {
    const isBuilding = async (): Promise<boolean> =>
      (await work((tx) => listSegments(tx, workspaceId))).some(({ state }) => state === 'building');
    while ((await keepSegments(database.system)) > 0 || (await isBuilding()));
  };
  const membersOf = async (slug: string): Promise<string[]> => {
    const { rows } = await sql<{
      id: string;
    }>`select c.external_id as id from segment_member m join contact c on c.id = m.contact_id
      join segment s on s.id = m.segment_id where s.slug = ${slug} and s.workspace_id = ${workspaceId} order by 1`.execute(
      kysely(database.system),
    );
    return rows.map(({ id }) => id);
  };
  const changesOf = async (slug: string): Promise<[string, boolean, string][]> => {
    const { rows } = await sql<{ id: string; has_entered: boolean; reason: string }>`
      select c.external_id as id, h.has_entered, h.reason from segment_change h join contact c on c.id = h.contact_id
      join segment s on s.id = h.segment_id where s.slug = ${slug} and s.workspace_id = ${workspaceId} order by h.id`.execute(
      kysely(database.system),
    );
    return rows.map(({ id, has_entered, reason }) => [id, has_entered, reason]);
  };
  const countOf = async (slug: string): Promise<number | undefined> =>
    (await work((tx) => listSegments(tx, workspaceId))).find((segment) => segment.slug === slug)?.members;

  it('takes in who is there, and each who comes and goes by a write, with its reason', async () => {
    await write('early', { plan: 'pro' });
    await save('pro', is('plan', 'pro'));
    await keep();
    await write('late', { plan: 'pro' });
    await write('other', { plan: 'free' });
    await keep();
    await write('early', { plan: 'free' });
    await write('other', { seats: 3 });
    await keep();
    expect(await membersOf('pro')).toEqual(['late']);
    expect(await changesOf('pro')).toEqual([
      ['early', true, 'rule'],
      ['late', true, 'contact.plan'],
      ['early', false, 'contact.plan'],
    ]);
    expect(await countOf('pro')).toBe(1);
  });

  it('asks again when events come, and when they grow old by the clock alone', async () => {
    await save('fresh', ordered('P30D'));
    await keep();
    await event('ana', 'Opened');
    await event('ana', 'Ordered');
    await event('ben', 'Ordered', 31 * day);
    await keep();
    expect(await membersOf('fresh')).toEqual(['ana']);
    const { rows } = await sql<{ ms: number }>`
      select (floor(extract(epoch from d.at) * 1000) - floor(extract(epoch from e.occurred_at) * 1000))::float8 as ms
      from segment_due d join event e on e.contact_id = d.contact_id and e.name = 'Ordered'`.execute(
      kysely(database.system),
    );
    expect(rows).toEqual([{ ms: 30 * day + 1 }]);
    // The days pass.
    await sql`update event set occurred_at = occurred_at - interval '30 days 1 second' where name = 'Ordered'`.execute(
      kysely(database.system),
    );
    await sql`update segment_due set at = at - interval '30 days 1 second'`.execute(kysely(database.system));
    await keep();
    expect(await membersOf('fresh')).toEqual([]);
    expect(await changesOf('fresh')).toEqual([
      ['ana', true, 'event.Ordered'],
      ['ana', false, 'clock'],
    ]);
    const left = await kysely(database.system).selectFrom('segment_due').selectAll().execute();
    expect(left).toEqual([]);
  });

  it('asks again of whom a journey’s step has written to (parcelvoy/platform#465)', async () => {
    await save('customers', is('status', 'customer'));
    await keep();
    await work(async (tx) => {
      const contact = (await lockContacts(tx, workspaceId, ['cleo'])).get('cleo');
      await mergeAttributes(tx, { workspaceId, contactId: contact?.id ?? null, attributes: { status: 'customer' } });
    });
    await keep();
    expect(await changesOf('customers')).toEqual([['cleo', true, 'contact.status']]);
  });

  it('has who never did anything among those who have not done it for long (mautic/mautic#4635)', async () => {
    await write('idle', {});
    await save('quiet', { kind: 'not', condition: ordered('P30D') });
    await keep();
    expect(await membersOf('quiet')).toContain('idle');
    await event('idle', 'Ordered');
    await keep();
    expect(await membersOf('quiet')).not.toContain('idle');
  });

  it('lets a date come round without a write (parcelvoy/platform#367)', async () => {
    const due = new Date(Date.now() + 30 * day).toISOString();
    await write('dora', { renewsAt: due });
    await write('emil', { renewsAt: 'soon' });
    const left: ValueExpression = { kind: 'contact', path: ['renewsAt'] };
    await save('renewed', { kind: 'compare', op: 'before', left, right: now('PT0S') });
    await keep();
    expect(await membersOf('renewed')).toEqual([]);
    await sql`update contact set attributes = attributes || ${JSON.stringify({ renewsAt: new Date(Date.now() - 1_000).toISOString() })}::jsonb
      where external_id = 'dora'`.execute(kysely(database.system));
    await sql`delete from segment_dirty`.execute(kysely(database.system));
    await sql`update segment_due set at = now() where at > now()`.execute(kysely(database.system));
    await keep();
    expect(await changesOf('renewed')).toEqual([['dora', true, 'clock']]);
  });

  it('builds a segment whose rule is another anew, with those that name it', async () => {
    await save('buyers', { kind: 'all', of: [{ kind: 'inSegment', segment: 'pro' }, ordered()] });
    await keep();
    expect(await membersOf('buyers')).toEqual([]);
    await event('late', 'Ordered');
    await keep();
    expect(await membersOf('buyers')).toEqual(['late']);
    await save('pro', is('plan', 'free'), ['buyers']);
    await keep();
    expect([await membersOf('pro'), await membersOf('buyers')]).toEqual([['early', 'other'], []]);
    expect((await changesOf('buyers')).at(-1)).toEqual(['late', false, 'rule']);
    await save('pro', is('plan', 'free'), ['buyers']);
    expect(await keepSegments(database.system)).toBe(0);
  });

  it('forgets who is erased, and counts them no more', async () => {
    await write('zoe', { plan: 'free' });
    await keep();
    const before = (await countOf('pro')) ?? 0;
    await work(async (tx) => {
      const row = (await lockContacts(tx, workspaceId, ['zoe'])).get('zoe');
      if (row) await eraseContact(tx, row);
    });
    await keep();
    expect(await membersOf('pro')).not.toContain('zoe');
    expect((await changesOf('pro')).map(([id]) => id)).not.toContain('zoe');
    expect(await countOf('pro')).toBe(before - 1);
  });

  it('notes each change once, whatever statement of whichever pass dies', async () => {
    await save('vip', is('tier', 'vip'));
    await keep();
    let person = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ vip: fc.boolean(), dies: fc.integer({ min: 1, max: 14 }) }), {
          minLength: 1,
          maxLength: 5,
        }),
        async (steps) => {
          person += 1;
          const name = `p-${person}`;
          const expected: boolean[] = [];
          for (const { vip, dies } of steps) {
            await write(name, { tier: vip ? 'vip' : 'none' });
            failing.failAt(dies);
            await inWorkspace(failing.db, workspaceId, (tx) => keepNoted(tx, workspaceId)).catch((error: unknown) =>
              expect(error).toBeInstanceOf(Error),
            );
            failing.failAt(null);
            await keep();
            if (vip !== (expected.at(-1) ?? false)) expected.push(vip);
          }
          const changes = (await changesOf('vip')).filter(([id]) => id === name);
          expect(changes.map(([, entered]) => entered)).toEqual(expected);
        },
      ),
      { numRuns: 15, seed: 16 },
    );
  });

  it('is kept by one process at a time', async () => {
    await write('two', { tier: 'vip' });
    const [first, second] = await atOnce(
      database,
      (tx) => keepNoted(tx, workspaceId),
      (tx) => keepNoted(tx, workspaceId),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toEqual({ status: 'fulfilled', value: 0 });
    await keep();
    expect((await changesOf('vip')).filter(([id]) => id === 'two')).toEqual([['two', true, expect.any(String)]]);
  });

  it('sees what was being written when the first segment was made', async () => {
    const other = await database.addWorkspace();
    const made = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const writing = inWorkspace(database.app, other, async (tx) => {
      await lockContacts(tx, other, ['unseen']);
      begun.resolve();
      await made.promise;
    });
    await begun.promise;
    await inWorkspace(database.app, other, (tx) =>
      saveSegment(tx, other, { slug: 'all', name: 'All', rule: { kind: 'all', of: [] } }, []),
    );
    expect(await inTransaction(database.system, (tx) => buildNext(tx, other))).toBe(0);
    made.resolve();
    await writing;
    const count = async (): Promise<number | undefined> =>
      (await inWorkspace(database.app, other, (tx) => listSegments(tx, other)))[0]?.members;
    while ((await count()) !== 1) await keepSegments(database.system);
    expect(await count()).toBe(1);
  });

  it('keeps the other workspaces where one cannot be kept (mautic/mautic#10686)', async () => {
    const others = [await database.addWorkspace(), await database.addWorkspace(), await database.addWorkspace()];
    for (const other of others)
      await inWorkspace(database.app, other, async (tx) => {
        await saveSegment(tx, other, { slug: 'all', name: 'All', rule: { kind: 'all', of: [] } }, []);
        await lockContacts(tx, other, ['ana']);
      });
    const [broken = '', ...whole] = others;
    await sql`update segment set rule = '{"kind": "all"}' where workspace_id = ${broken}`.execute(
      kysely(database.system),
    );
    const members = async (): Promise<number> => {
      const { rows } = await sql`select from segment_member where workspace_id = any(${whole}::uuid[])`.execute(
        kysely(database.system),
      );
      return rows.length;
    };
    while ((await members()) < 2)
      await expect(keepSegments(database.system)).rejects.toThrow('The segments of 1 workspaces');
    await sql`delete from segment where workspace_id = ${broken}`.execute(kysely(database.system));
  });

  it('notes nothing where there are no segments', async () => {
    const other = await database.addWorkspace();
    await inWorkspace(database.app, other, (tx) => lockContacts(tx, other, ['ana']));
    const { rows } = await sql`select from segment_dirty where workspace_id = ${other}`.execute(
      kysely(database.system),
    );
    expect(rows).toEqual([]);
  });
});
