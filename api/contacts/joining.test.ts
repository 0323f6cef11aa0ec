import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../test/support/caller.ts';
import { enroll, makeCourseRun } from '../../test/support/courses.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import { unsubscribeToken } from '../../platform/unsubscribe.ts';

describe('contacts that are one person', () => {
  const { database, api } = useTestApi();
  let key: string;
  const at = (id: string): string => `/v1/contacts/${encodeURIComponent(id)}`;
  const put = (id: string, body: unknown = {}): Promise<Answer> => api.call({ method: 'PUT', url: at(id), key, body });
  const get = (id: string): Promise<Answer> => api.call({ url: at(id), key });
  const merge = (id: string, other: string, more: object = {}): Promise<Answer> =>
    api.call({ method: 'POST', url: `${at(id)}/merge`, key, body: { other, ...more } });
  const alias = (id: string, name: string): Promise<Answer> =>
    api.call({ method: 'PUT', url: `${at(id)}/aliases/${name}`, key });
  const events = (...list: object[]): Promise<Answer> =>
    api.call({ method: 'POST', url: '/v1/events', key, body: { events: list } });

  const inbox = (runId: string) =>
    kysely(database.system)
      .selectFrom('run_inbox')
      .select('payload')
      .where('workspace_id', '=', database.workspaceId)
      .where('run_id', '=', runId)
      .where('kind', '=', 'event')
      .orderBy('seq')
      .execute();
  const namesIn = async (runId: string): Promise<unknown[]> =>
    (await inbox(runId)).map(({ payload }) => payload['name']);
  const runRow = (runId: string) =>
    kysely(database.system)
      .selectFrom('run')
      .select(['status', 'reason', 'contact_id', 'ended_at'])
      .where('workspace_id', '=', database.workspaceId)
      .where('id', '=', runId)
      .executeTakeFirstOrThrow();
  /** The wait that a run's first turn registers. */
  const listen = async (runId: string, contactId: unknown, eventName: string): Promise<void> => {
    await kysely(database.system)
      .insertInto('wait')
      .values({
        workspace_id: database.workspaceId,
        run_id: runId,
        contact_id: String(contactId),
        event_name: eventName,
        key: null,
        step: '$exit',
        visit: 1,
        purpose: 'exit',
        wait_from: '2020-01-01T00:00:00Z',
      })
      .execute();
  };
  const onlyRun = async (contact: string): Promise<string> => {
    const [run, ...others] = await journeyRunsOf(database, contact);
    expect(others).toEqual([]);
    return run?.id ?? '';
  };

  beforeAll(async () => {
    key = await api.key([
      'contacts:read',
      'contacts:write',
      'contacts:erase',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });

  it('keeps the facts of the one that stays and fills in what it lacks, and both ids lead to it (mautic#6079, #16425)', async () => {
    const account = await put('account', { email: 'ana@example.test', attributes: { plan: 'pro', city: 'Porto' } });
    await put('guest', { email: 'old@example.test', zone: 'Europe/Lisbon', attributes: { plan: 'free', size: 'M' } });
    const seen = { events: 0, mails: 0, runs: 0, enrollments: 0, ending: [], filled: ['size'], kept: ['plan'] };
    const address = { email: 'ana@example.test', formerEmail: 'old@example.test', isOpen: true };
    const preview = await merge('account', 'guest', { dryRun: true });
    expect(preview.json).toEqual({ isJoined: false, externalId: 'account', other: 'guest', ...seen, ...address });
    expect((await get('guest')).json).toMatchObject({ externalId: 'guest', aliases: [] });
    expect((await merge('account', 'guest')).json).toEqual({ ...preview.json, isJoined: true });
    const joined = {
      id: account.json['id'],
      externalId: 'account',
      email: 'ana@example.test',
      zone: 'Europe/Lisbon',
      attributes: { plan: 'pro', city: 'Porto', size: 'M' },
      aliases: [{ externalId: 'guest', at: expect.any(String) }],
    };
    for (const id of ['account', 'guest']) expect((await get(id)).json).toMatchObject(joined);
    expect((await put('guest', { attributes: { size: 'L' } })).json).toMatchObject({ externalId: 'account' });
    const { json } = await api.call({ url: '/v1/contacts/guest/timeline', key });
    expect(json['items']).toMatchObject([{ kind: 'joined', title: 'guest', detail: { email: 'old@example.test' } }]);
  });

  it('changes nothing when it is asked again, also the other way round, and refuses what is no second person', async () => {
    await put('twice', {});
    await put('twice-guest', {});
    expect((await merge('twice', 'twice-guest')).json).toMatchObject({ isJoined: true });
    const before = (await get('twice')).json;
    expect((await merge('twice', 'twice-guest')).json).toMatchObject({ isJoined: true, events: 0 });
    expect((await merge('twice-guest', 'twice')).json).toMatchObject({ isJoined: true, externalId: 'twice' });
    expect((await get('twice')).json).toEqual(before);
    const codeOf = ({ status, json }: Answer): unknown => [status, (json['errors'] as { code: string }[])[0]?.code];
    expect(codeOf(await merge('twice', 'twice'))).toEqual([422, 'contact.sameContact']);
    expect(codeOf(await merge('twice', 'nobody'))).toEqual([422, 'contact.notFound']);
    expect((await merge('nobody', 'twice')).status).toBe(404);
  });

  it('joins two at once, both ways, into one, and chains lead to the last (posthog#3190)', async () => {
    for (const id of ['left', 'right', 'third']) await put(id, { attributes: { [id]: true } });
    const answers = await Promise.all([merge('left', 'right'), merge('right', 'left'), merge('left', 'right')]);
    expect(answers.map(({ status, json }) => [status, json['isJoined']])).toEqual(answers.map(() => [200, true]));
    const [one] = [(await get('left')).json];
    expect((await get('right')).json).toEqual(one);
    expect((await merge('third', 'right')).json).toMatchObject({ isJoined: true });
    const aliases = ((await get('left')).json['aliases'] as { externalId: string }[]).map(
      ({ externalId }) => externalId,
    );
    expect(aliases.toSorted()).toEqual(['left', 'right']);
    expect((await get('right')).json).toMatchObject({
      externalId: 'third',
      attributes: { left: true, right: true, third: true },
    });
  });

  it('ends the journey of the guest by the order of the account, before and after (woocommerce-abandoned-cart#166)', async () => {
    const definition = sampleJourney('cart', { entry: [{ event: 'Cart' }], exitWhen: [{ event: 'Order' }] });
    await publishJourney(api, key, definition);
    for (const [guest, account, isBefore] of [
      ['guest-1', 'buyer-1', true],
      ['guest-2', 'buyer-2', false],
    ] as const) {
      await events(sampleEvent(`${guest}-cart`, 'Cart', guest));
      const runId = await onlyRun(guest);
      await listen(runId, (await get(guest)).json['id'], 'Order');
      if (isBefore) await events(sampleEvent(`${account}-order`, 'Order', account));
      expect(await namesIn(runId)).toEqual([]);
      expect((await alias(account, guest)).json).toMatchObject({ externalId: account });
      if (!isBefore) await events(sampleEvent(`${account}-order`, 'Order', account));
      expect(await namesIn(runId)).toEqual(['Order']);
      // Late ones come under the old id, too, and are received once.
      await events(sampleEvent(`${account}-order`, 'Order', guest), sampleEvent(`${guest}-late`, 'Order', guest));
      expect(await namesIn(runId)).toEqual(['Order', 'Order']);
      expect(await onlyRun(account)).toBe(runId);
    }
  });

  it('leaves one run of both in a journey, and lets nobody enter it again', async () => {
    await publishJourney(api, key, sampleJourney('welcome-once', { entry: [{ event: 'Hello' }] }));
    await events(sampleEvent('hello-1', 'Hello', 'first'), sampleEvent('hello-2', 'Hello', 'second'));
    const [kept, ending] = [await onlyRun('first'), await onlyRun('second')];
    const preview = (await merge('second', 'first', { dryRun: true })).json;
    expect(preview).toMatchObject({ runs: 1, events: 1, ending: [{ runId: ending, by: kept }] });
    await merge('second', 'first');
    expect(await runRow(ending)).toMatchObject({ status: 'exited', reason: 'merged', ended_at: expect.any(Date) });
    expect(await runRow(kept)).toMatchObject({ ended_at: null, contact_id: (await get('second')).json['id'] });
    await events(sampleEvent('hello-3', 'Hello', 'first'), sampleEvent('hello-4', 'Hello', 'second'));
    expect(await journeyRunsOf(database, 'second')).toHaveLength(2);
  });

  it('leaves a mail that waits in the run that ends to the run that stays, and gives no mail a second time', async () => {
    await publishJourney(api, key, sampleJourney('welcome-mailed', { entry: [{ event: 'Hi' }] }));
    await events(sampleEvent('hi-1', 'Hi', 'one'), sampleEvent('hi-2', 'Hi', 'two'));
    const ending = await onlyRun('two');
    for (const state of ['planned', 'deferred', 'claimed', 'handedOff', 'done'])
      await sql`insert into effect (workspace_id, key, run_id, step, visit, generation, kind, mode, state, request)
        values (${database.workspaceId}, ${`${ending}/${state}`}, ${ending}, ${state}, 1, 0, 'email', 'atMostOnce', ${state}, '{}')`.execute(
        kysely(database.system),
      );
    // The one that has mailed more stays.
    const kept = await onlyRun('one');
    for (const step of ['a', 'b', 'c'])
      await sql`insert into effect (workspace_id, key, run_id, step, visit, generation, kind, mode, state, request)
        values (${database.workspaceId}, ${`${kept}/${step}`}, ${kept}, ${step}, 1, 0, 'email', 'atMostOnce', 'done', '{}')`.execute(
        kysely(database.system),
      );
    expect((await merge('two', 'one')).json).toMatchObject({ ending: [{ runId: ending, by: kept }] });
    const rows = await kysely(database.system)
      .selectFrom('effect')
      .select(['step', 'state'])
      .where('run_id', '=', ending)
      .execute();
    expect(Object.fromEntries(rows.map(({ step, state }) => [step, state]))).toEqual({
      planned: 'suppressed',
      deferred: 'suppressed',
      claimed: 'suppressed',
      handedOff: 'handedOff',
      done: 'done',
    });
  });

  it('holds the opt-out of either, at each of their addresses and by the links of before (mautic#5495)', async () => {
    const optOut = (id: string): Promise<Answer> =>
      api.call({ method: 'PUT', url: `${at(id)}/consents/email`, key, body: { isOpen: false, reason: 'called' } });
    await put('open', { email: 'open@example.test' });
    const closed = await put('closed', { email: 'closed@example.test' });
    await optOut('closed');
    expect((await merge('open', 'closed')).json).toMatchObject({ isOpen: false });
    const out = { isOpen: false, reason: 'optedOut' };
    expect((await get('open')).json['consents']).toMatchObject([out]);
    expect((await put('same-address', { email: 'OPEN@example.test' })).json['consents']).toMatchObject([out]);
    const target = {
      workspaceId: database.workspaceId,
      contactId: String(closed.json['id']),
      channel: 'email',
    } as const;
    const token = unsubscribeToken(masterKeys({ THROUGHLINE_KEY: database.config.THROUGHLINE_KEY }), target);
    const page = await api.call({ url: `/u/${token}` });
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('unknown');
  });

  it('gives an id that nobody has, or a guest, to a contact, and joins no two known people by it (posthog#11873)', async () => {
    await put('known', { email: 'known@example.test' });
    expect((await alias('known', 'never-seen')).json).toMatchObject({ externalId: 'known' });
    expect((await events(sampleEvent('by-alias', 'Seen', 'never-seen'))).json).toMatchObject({ accepted: 1 });
    const story = await api.call({ url: '/v1/contacts/known/timeline?show=events', key });
    expect(story.json['items']).toMatchObject([{ title: 'Seen' }]);
    await put('other-known', { email: 'other@example.test' });
    const refused = await alias('known', 'other-known');
    expect([refused.status, refused.json['code']]).toEqual([409, 'contact.known']);
    await put('has-alias', {});
    await alias('has-alias', 'its-guest');
    expect((await alias('known', 'has-alias')).json['code']).toBe('contact.known');
    expect((await alias('registers-now', 'its-guest-2')).json).toMatchObject({ externalId: 'registers-now' });
  });

  it('makes no second contact of an id that becomes an alias while its event comes in', async () => {
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const [account, guest] = [`racer-${n}`, `racer-guest-${n}`];
      const [answer, taken] = await Promise.all([
        alias(account, guest),
        events(sampleEvent(`race-${n}`, 'Raced', guest), sampleEvent(`race-own-${n}`, 'Raced', account)),
      ]);
      expect([answer.status, taken.json['accepted']]).toEqual([200, 2]);
      const { json } = await api.call({ url: `${at(account)}/timeline?show=events`, key });
      expect(json['items']).toHaveLength(2);
      expect((await get(guest)).json['externalId']).toBe(account);
    }
  });

  it('keeps enrollments of both, numbered anew, and refuses where both have a place (mautic#16240)', async () => {
    const courseRun = await makeCourseRun(database, {});
    const ends = await enroll(database, courseRun);
    const stays = await enroll(database, courseRun);
    const refused = await merge(stays.contactId, ends.contactId, { dryRun: true });
    expect([refused.status, refused.json['code'], refused.json['runs']]).toEqual([
      409,
      'contact.inUse',
      [{ runId: ends.runId, courseRun: expect.any(String) }],
    ]);
    await kysely(database.system)
      .updateTable('enrollment')
      .set({ ended_at: new Date() })
      .where('id', '=', ends.enrollmentId)
      .execute();
    expect((await merge(stays.contactId, ends.contactId)).json).toMatchObject({ isJoined: true, enrollments: 1 });
    const rows = await kysely(database.system)
      .selectFrom('enrollment')
      .select(['id', 'contact_id', 'attempt'])
      .where('id', 'in', [ends.enrollmentId, stays.enrollmentId])
      .orderBy('attempt')
      .execute();
    const { id } = (await get(stays.contactId)).json;
    expect(rows).toEqual([
      { id: stays.enrollmentId, contact_id: id, attempt: 1 },
      { id: ends.enrollmentId, contact_id: id, attempt: 2 },
    ]);
  });

  it('is for those alone who may erase, is in the audit log, and shows nothing of another workspace', async () => {
    await put('mine', {});
    await put('mine-too', {});
    const asked = { method: 'POST', url: '/v1/contacts/mine/merge', body: { other: 'mine-too' } } as const;
    const weak = await api.key(['contacts:read', 'contacts:write']);
    expect((await api.call({ ...asked, key: weak })).status).toBe(403);
    const foreign = await api.key(['contacts:erase'], await database.addWorkspace());
    expect((await api.call({ ...asked, key: foreign })).status).toBe(404);
    expect((await api.call({ ...asked, key, headers: { 'idempotency-key': 'merge-mine' } })).status).toBe(200);
    expect((await api.call({ ...asked, key, headers: { 'idempotency-key': 'merge-mine' } })).json).toMatchObject({
      isJoined: true,
    });
    const entries = await kysely(database.system)
      .selectFrom('audit_entry')
      .select('act')
      .where('workspace_id', '=', database.workspaceId)
      .where('act', '=', 'contact.merged')
      .where('subject_id', '=', String((await get('mine')).json['id']))
      .execute();
    expect(entries).toHaveLength(1);
  });

  it('is erased whole, under either id, and the ids are free again', async () => {
    await put('erases', { email: 'erases@example.test' });
    await put('erases-too', { email: 'second@example.test' });
    await events(sampleEvent('of-erased', 'Seen', 'erases-too'));
    await merge('erases', 'erases-too');
    expect((await api.call({ method: 'DELETE', url: '/v1/contacts/erases-too', key })).status).toBe(204);
    for (const id of ['erases', 'erases-too']) expect((await get(id)).status).toBe(404);
    const left = await kysely(database.system).selectFrom('event').select('id').where('id', '=', 'of-erased').execute();
    expect(left).toEqual([]);
    const erasures = await kysely(database.system).selectFrom('erasure').select('person').orderBy('id').execute();
    expect(erasures.at(-1)?.person).toMatchObject({ aliases: ['erases-too'], former: ['second@example.test'] });
    expect((await put('erases-too', {})).json).toMatchObject({ aliases: [] });
  });
});
