import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../test/support/caller.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { kysely } from '../../platform/db/core/kysely.ts';

describe('POST /v1/events', () => {
  const { database, api } = useTestApi({}, { poolSize: 20 });
  let key: string;
  const send = (...events: unknown[]): Promise<Answer> =>
    api.call({ method: 'POST', url: '/v1/events', key, body: { events } });

  beforeAll(async () => {
    key = await api.key(['events:write', 'contacts:read', 'journeys:write', 'journeys:publish', 'journeys:read']);
    await publishJourney(api, key, sampleJourney('welcome'));
  });

  const big = { text: 'x'.repeat(2_000_000) };
  let deep: unknown = 'end';
  for (let level = 0; level < 40; level += 1) deep = { deeper: deep };
  it.each<[string, unknown, string]>([
    ['a future time', { occurredAt: new Date(Date.now() + 3_600_000).toISOString() }, 'event.inFuture'],
    ['a time of the year 0', { occurredAt: '0000-01-01T00:00:00Z' }, 'event.tooOld'],
    ['a time without a zone', { occurredAt: '2026-11-24T09:00:00' }, 'event.invalidTime'],
    ['no contact', { contact: undefined }, 'event.missingContact'],
    ['an empty contact', { contact: '' }, 'event.invalidContact'],
    ['a contact that is a number', { contact: 7 }, 'event.invalidContact'],
    ['no name', { name: undefined }, 'event.missingName'],
    ['a name of blanks', { name: '   ' }, 'event.invalidName'],
    ['a name of two lines', { name: 'Signed\nUp' }, 'event.invalidName'],
    ['a name of 201 characters', { name: 'n'.repeat(201) }, 'event.invalidName'],
    ['no id', { id: undefined }, 'event.missingId'],
    ['an id of 201 characters', { id: 'i'.repeat(201) }, 'event.invalidId'],
    ['an empty key', { key: '' }, 'event.invalidKey'],
    ['2 MB of properties', { properties: big }, 'event.propertiesTooLarge'],
    ['properties that are a list', { properties: [1] }, 'event.invalidProperties'],
    ['a NUL in a property', { properties: { text: 'a\u0000b' } }, 'text.unusable'],
    ['half a character in a property’s name', { properties: { '\ud800': 1 } }, 'text.unusable'],
    ['40 levels of properties', { properties: { deep } }, 'json.tooDeep'],
    ['an unknown field', { color: 'red' }, 'event.unknownField'],
  ])('refuses one with %s and keeps the good one', async (name, change, code) => {
    const bad = Object.assign(sampleEvent(`bad ${name}`, 'Clicked', 'bad-inputs'), change);
    const good = sampleEvent(`good ${name}`, 'Clicked', 'bad-inputs');
    const answer = await send(bad, good);
    expect(answer.status).toBe(202);
    expect(answer.json).toMatchObject({ accepted: 1, duplicates: 0, rejected: [{ index: 0, code }] });
  });

  it.each([['text'], [null], [[]], [7]])('refuses the event %j as malformed', async (event) => {
    const answer = await send(event);
    expect(answer.json).toMatchObject({ accepted: 0, rejected: [{ index: 0, code: 'event.malformed' }] });
  });

  it.each<[string, unknown]>([
    ['no events', { events: [] }],
    ['1,001 events', { events: Array.from({ length: 1_001 }, () => ({})) }],
    ['no list', { events: {} }],
    ['nothing', undefined],
    ['an unknown field', { events: [{}], more: 1 }],
  ])('refuses a call with %s', async (_name, body) => {
    const answer = await api.call({ method: 'POST', url: '/v1/events', key, body });
    expect(answer.status).toBe(422);
    expect(answer.json['code']).toBe('request.invalid');
  });

  it('counts the same id once, in one call and over calls', async () => {
    const event = sampleEvent('same', 'Clicked', 'twice');
    expect((await send(event, { ...event, name: 'Other' })).json).toMatchObject({ accepted: 1, duplicates: 1 });
    expect((await send(event)).json).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
    const stored = await kysely(database.system).selectFrom('event').select('name').where('id', '=', 'same').execute();
    expect(stored).toEqual([{ name: 'Clicked' }]);
  });

  it('says which event was not stored because another one has its id (KurrentDB#1013, hyperswitch#1850)', async () => {
    const occurredAt = new Date().toISOString();
    const event = { id: 'cart-7.updated', name: 'Clicked', contact: 'first', key: 'k', occurredAt };
    const others = [
      { ...event, contact: 'second' },
      { ...event, name: 'Other' },
      { ...event, key: 'l' },
      { ...event, occurredAt: new Date(Date.parse(occurredAt) - 60_000).toISOString() },
    ];
    expect((await send(event)).json).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
    expect((await send({ ...event, properties: { retried: true } })).json).not.toHaveProperty('notes');
    const { json } = await send(event, ...others);
    expect(json).toMatchObject({ accepted: 0, duplicates: 5, rejected: [] });
    const notes = json['notes'] as { index: number; code: string }[];
    expect(notes.map(({ index, code }) => `${index} ${code}`).toSorted()).toEqual(
      [1, 2, 3, 4].map((index) => `${index} event.idTaken`),
    );
    const twice = sampleEvent('twice in one call', 'Clicked', 'first');
    expect((await send(twice, { ...twice, contact: 'second' })).json).toMatchObject({
      accepted: 1,
      duplicates: 1,
      notes: [{ index: 1, code: 'event.idTaken' }],
    });
  });

  it('starts a journey once under 20 equal calls at a time, with one row in the outbox', async () => {
    const event = sampleEvent('crowd', 'SignedUp', 'crowd');
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(event)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 202));
    expect(answers.reduce((all, answer) => all + Number(answer.json['accepted']), 0)).toBe(1);
    expect(await journeyRunsOf(database, 'crowd')).toEqual([
      { id: expect.any(String), entry_key: expect.stringMatching(/^[0-9a-f-]{36}\/[0-9a-f-]{36}$/), wakes: 1 },
    ]);
  });

  it('starts a journey once under 20 different events at a time', async () => {
    const calls = Array.from({ length: 20 }, (_, index) => send(sampleEvent(`race-${index}`, 'SignedUp', 'race')));
    expect((await Promise.all(calls)).map((answer) => answer.json['accepted'])).toEqual(Array(20).fill(1));
    expect(await journeyRunsOf(database, 'race')).toHaveLength(1);
  });

  it('keeps what started a run, with the version it follows', async () => {
    await send(sampleEvent('facts', 'SignedUp', 'facts', { key: 'k1', properties: { plan: 'pro' } }));
    const [run] = await journeyRunsOf(database, 'facts');
    const row = await kysely(database.system)
      .selectFrom('journey_run')
      .innerJoin('journey_version', 'journey_version.id', 'journey_run.version_id')
      .select(['entry', 'version'])
      .where('run_id', '=', run?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      version: 1,
      entry: { eventId: 'facts', event: 'SignedUp', key: 'k1', properties: { plan: 'pro' } },
    });
  });

  it('wakes the runs that wait for an event, by name, contact and key', async () => {
    await send(sampleEvent('wake-entry', 'SignedUp', 'wake'), sampleEvent('else-entry', 'SignedUp', 'else'));
    const [run] = await journeyRunsOf(database, 'wake');
    const { workspaceId } = database;
    const contact = await kysely(database.system)
      .selectFrom('run')
      .select('contact_id')
      .where('id', '=', run?.id ?? '')
      .executeTakeFirstOrThrow();
    const waitFor = (name: string, waitKey: string | null): Promise<unknown> =>
      kysely(database.system)
        .insertInto('wait')
        .values({
          workspace_id: workspaceId,
          run_id: run?.id ?? '',
          contact_id: contact.contact_id ?? '',
          event_name: name,
          key: waitKey,
          step: 's',
          visit: 1,
          purpose: 'wait',
          wait_from: new Date(0),
        })
        .execute();
    await waitFor('Paid', 'cart-1');
    await waitFor('Any', null);
    await send(
      sampleEvent('wake-1', 'Paid', 'wake', { key: 'cart-2' }),
      sampleEvent('wake-2', 'Paid', 'wake', { key: 'cart-1' }),
      sampleEvent('wake-3', 'Any', 'wake'),
      sampleEvent('wake-4', 'Any', 'else'),
    );
    const received = await kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'ref'])
      .where('run_id', '=', run?.id ?? '')
      .orderBy('seq')
      .execute();
    expect(received.map((row) => `${row.kind} ${row.ref}`)).toEqual(['event wake-2/wait/s/1', 'event wake-3/wait/s/1']);
    expect(await journeyRunsOf(database, 'wake')).toMatchObject([{ wakes: 2 }]);
    expect(await journeyRunsOf(database, 'else')).toMatchObject([{ wakes: 1 }]);
  });

  it('keeps the order of a call: an exit event before the entry does not end the run', async () => {
    const answer = await send(
      sampleEvent('order-1', 'AccountClosed', 'order'),
      sampleEvent('order-2', 'SignedUp', 'order'),
      sampleEvent('order-3', 'AccountClosed', 'order'),
    );
    expect(answer.json).toMatchObject({ accepted: 3 });
    const stored = await kysely(database.system)
      .selectFrom('event')
      .select(['id', 'received_at'])
      .where('id', 'like', 'order-%')
      .orderBy('received_at')
      .execute();
    expect(stored.map((event) => event.id)).toEqual(['order-1', 'order-2', 'order-3']);
    const [run] = await journeyRunsOf(database, 'order');
    const { rows: later } = await sql<{ id: string }>`
      select e.id from journey_run j join event e on e.contact_id = j.contact_id
      where j.run_id = ${run?.id} and e.received_at >= (j.entry->>'receivedAt')::timestamptz order by e.received_at`.execute(
      kysely(database.system),
    );
    expect(later.map((event) => event.id)).toEqual(['order-2', 'order-3']);
  });

  it('lets in by the order in which things occurred, and keeps what is too old for itself (journeys F6)', async () => {
    const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
    const answer = await send(
      sampleEvent('in-time', 'SignedUp', 'in-time', { occurredAt: ago(2) }),
      sampleEvent('too-late', 'SignedUp', 'too-late', { occurredAt: ago(4) }),
      sampleEvent('of-2019', 'SignedUp', 'of-2019', { occurredAt: '2019-01-01T00:00:00Z' }),
    );
    expect(answer.json).toMatchObject({ accepted: 3, rejected: [] });
    expect(answer.json['notes']).toMatchObject([
      { index: 2, code: 'event.tooLate' },
      { index: 1, code: 'event.tooLate', message: expect.stringContaining('P3D') },
    ]);
    expect(await journeyRunsOf(database, 'in-time')).toHaveLength(1);
    expect([...(await journeyRunsOf(database, 'too-late')), ...(await journeyRunsOf(database, 'of-2019'))]).toEqual([]);
  });

  it('takes an instant with an offset, and a name and a key with blanks around them (journeys F12)', async () => {
    const occurredAt = new Date(Date.now() + 7_200_000).toISOString().replace('Z', '+02:00');
    const answer = await send(sampleEvent('offset', ' SignedUp ', 'offset', { occurredAt, key: ' k ' }));
    expect(answer.json).toMatchObject({ accepted: 1, rejected: [] });
    const stored = await kysely(database.system)
      .selectFrom('event')
      .select(['name', 'key', 'occurred_at'])
      .where('id', '=', 'offset')
      .executeTakeFirstOrThrow();
    expect(stored).toEqual({ name: 'SignedUp', key: 'k', occurred_at: new Date(occurredAt) });
    expect(await journeyRunsOf(database, 'offset')).toHaveLength(1);
    const bad = await send(sampleEvent('zoneless', 'SignedUp', 'offset', { occurredAt: '2026-11-24T09:00:00' }));
    expect(bad.json['rejected']).toMatchObject([{ message: expect.stringContaining('Z or an offset') }]);
  });

  it('says which events let nobody in for want of a key (journeys F12)', async () => {
    await publishJourney(api, key, sampleJourney('keyed', { entry: [{ event: 'Carted' }], reentry: 'perKey' }));
    const answer = await send(
      sampleEvent('keyless', 'Carted', 'keyed'),
      sampleEvent('with-key', 'Carted', 'keyed', { key: 'c' }),
    );
    expect(answer.json).toMatchObject({ accepted: 2, notes: [{ index: 0, code: 'event.withoutKey' }] });
    expect(await journeyRunsOf(database, 'keyed')).toHaveLength(1);
  });

  it('stores history that starts and wakes nothing (segmentio/Analytics.NET#160)', async () => {
    await send(sampleEvent('past-entry', 'SignedUp', 'past'));
    const [run] = await journeyRunsOf(database, 'past');
    const wait = {
      run_id: run?.id ?? '',
      event_name: 'Paid',
      step: 's',
      visit: 1,
      purpose: 'wait',
      wait_from: new Date(0),
    };
    const { contact_id } = await kysely(database.system)
      .selectFrom('run')
      .select('contact_id')
      .where('id', '=', run?.id ?? '')
      .executeTakeFirstOrThrow();
    const { workspaceId: workspace_id } = database;
    await kysely(database.system)
      .insertInto('wait')
      .values({ ...wait, workspace_id, contact_id: contact_id ?? '' })
      .execute();
    const body = { events: [sampleEvent('past-1', 'Paid', 'past'), sampleEvent('past-2', 'SignedUp', 'past-too')] };
    const answer = await api.call({ method: 'POST', url: '/v1/events?history=true', key, body });
    expect(answer.json).toEqual({ accepted: 2, duplicates: 0, rejected: [] });
    expect(await journeyRunsOf(database, 'past-too')).toEqual([]);
    expect(await journeyRunsOf(database, 'past')).toMatchObject([{ wakes: 1 }]);
    const odd = await api.call({ method: 'POST', url: '/v1/events?history=maybe', key, body });
    expect([odd.status, odd.json['code']]).toEqual([400, 'query.invalid']);
  });

  it('lets nobody into a journey of another workspace', async () => {
    const foreign = await database.addWorkspace();
    const foreignKey = await api.key(['events:write'], foreign);
    const body = { events: [sampleEvent('foreign', 'SignedUp', 'foreigner')] };
    const answer = await api.call({ method: 'POST', url: '/v1/events', key: foreignKey, body });
    expect(answer.json).toMatchObject({ accepted: 1 });
    const runs = await kysely(database.system)
      .selectFrom('run')
      .select('id')
      .where('workspace_id', '=', foreign)
      .execute();
    expect(runs).toEqual([]);
  });

  it('takes a thousand events of a thousand new contacts in one call', async () => {
    const events = Array.from({ length: 1_000 }, (_, index) =>
      sampleEvent(`many-${index}`, 'SignedUp', `many-${index}`),
    );
    const answer = await send(...events);
    expect(answer.json).toEqual({ accepted: 1_000, duplicates: 0, rejected: [] });
    const count = await kysely(database.system)
      .selectFrom('outbox')
      .innerJoin('run', 'run.id', 'outbox.run_id')
      .innerJoin('contact', 'contact.id', 'run.contact_id')
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .where('contact.external_id', 'like', 'many-%')
      .executeTakeFirstOrThrow();
    expect(Number(count.n)).toBe(1_000);
    expect((await send(...events)).json).toMatchObject({ accepted: 0, duplicates: 1_000 });
  });

  it('lists the names that no journey knows, with the one that may be meant (parcelvoy#336)', async () => {
    await publishJourney(api, key, sampleJourney('carts', { entry: [{ event: 'cart.updated' }] }));
    await send(sampleEvent('unknown-1', 'cart.update', 'unknown-ana', { properties: { value: 1 } }));
    await send(sampleEvent('unknown-2', 'cart.update', 'unknown-ana', { properties: { value: 2, currency: 'EUR' } }));
    await send(sampleEvent('unknown-3', 'cart.updated', 'unknown-ana'));
    const { items } = (await api.call({ url: '/v1/events/unknown', key })).json as { items: { name: string }[] };
    expect(items.find(({ name }) => name === 'cart.update')).toMatchObject({
      count: 2,
      properties: ['currency', 'value'],
      closest: 'cart.updated',
    });
    expect(items.map(({ name }) => name)).not.toContain('cart.updated');
  });

  it('needs the right', async () => {
    const answer = await api.call({
      method: 'POST',
      url: '/v1/events',
      key: await api.key(['contacts:read']),
      body: { events: [sampleEvent('x', 'SignedUp', 'x')] },
    });
    expect(answer.status).toBe(403);
  });
});
