import { beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../contracts/journeys/nodes.schema.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { newId } from '../../platform/ids.ts';
import type { Answer } from '../../test/support/caller.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

const hello: JourneyNode = {
  kind: 'email',
  id: 'hello',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown: 'Dear {{ contact.name }}' },
};

describe('why something did not come to a person (drawings of the person’s page, issue 14 §4)', () => {
  const { database, api } = useTestApi();
  let key: string;
  let counter = 0;
  const publish = (slug: string, change: Partial<JourneyDefinition> = {}): Promise<void> =>
    publishJourney(api, key, sampleJourney(slug, { entry: [{ event: slug }], steps: [hello], ...change }));
  const send = (name: string, contact: string, more: object = {}, query = ''): Promise<Answer> => {
    counter += 1;
    const events = [sampleEvent(`absence-${counter}`, name, contact, more)];
    return api.call({ method: 'POST', url: `/v1/events${query}`, key, body: { events } });
  };
  const put = (id: string, body: object = {}): Promise<Answer> =>
    api.call({ method: 'PUT', url: `/v1/contacts/${id}`, key, body });
  const turn = (slug: string, act: string): Promise<Answer> =>
    api.call({ method: 'POST', url: `/v1/journeys/${slug}/${act}`, key, body: { reason: 'a test' } });
  const ask = (contact: string, slug: string, step?: string): Promise<Answer> =>
    api.call({ url: `/v1/contacts/${contact}/absence?journey=${slug}${step ? `&step=${step}` : ''}`, key });
  /** The outcome, and the codes of what is on record: one that stopped it has an exclamation mark. */
  const explain = async (contact: string, slug: string, step?: string): Promise<string[]> => {
    const { json } = await ask(contact, slug, step);
    const findings = json['findings'] as { code: string; isStop: boolean }[];
    return [String(json['outcome']), ...findings.map(({ code, isStop }) => `${code}${isStop ? '!' : ''}`)];
  };

  beforeAll(async () => {
    key = await api.key([
      'contacts:read',
      'contacts:write',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });

  it('says of a journey that no event came, that they entered, or kept out by the re-entry policy', async () => {
    await publish('once');
    await put('ana');
    expect(await explain('ana', 'once')).toEqual(['missing', 'event.none!']);
    expect((await ask('ana', 'once')).json).toMatchObject({ findings: [{ what: ['once'] }] });
    await send('once', 'ana');
    expect(await explain('ana', 'once')).toEqual(['came', 'entered']);
    await send('once', 'ana');
    const [run] = await journeyRunsOf(database, 'ana');
    expect(await explain('ana', 'once')).toEqual(['missing', 'entered', 'event.came', 'reentry!']);
    const { json } = await ask('ana', 'once');
    expect(json['findings']).toContainEqual(
      expect.objectContaining({ code: 'reentry', runId: run?.id, reason: 'once' }),
    );
  });

  it('says that the event was history, came before the journey, too late, without a key, or did not fit', async () => {
    const amount = { kind: 'event', path: ['amount'] } as const;
    const filter = { kind: 'compare', op: 'greaterThan', left: amount, right: { kind: 'literal', value: 10 } } as const;
    await send('early', 'ben');
    await publish('early', { entry: [{ event: 'early', filter }], reentry: 'perKey' });
    expect(await explain('ben', 'early')).toEqual(['missing', 'event.came', 'journey.notPublished!']);
    await send('early', 'cid', { properties: { amount: 3 } });
    expect(await explain('cid', 'early')).toEqual(['missing', 'event.came', 'event.filter!']);
    await send('early', 'dan', { properties: { amount: 30 } });
    expect(await explain('dan', 'early')).toEqual(['missing', 'event.came', 'event.withoutKey!']);
    const longAgo = { occurredAt: '2020-01-01T00:00:00Z', key: 'k', properties: { amount: 30 } };
    await send('early', 'eva', longAgo);
    expect(await explain('eva', 'early')).toEqual(['missing', 'event.came', 'event.tooLate!']);
    await send('early', 'fay', longAgo, '?history=true');
    expect(await explain('fay', 'early')).toEqual(['missing', 'event.came', 'event.history!']);
    await publish('early', { entry: [{ event: 'other' }] });
    await send('early', 'gus', { key: 'k', properties: { amount: 30 } });
    expect(await explain('gus', 'early')).toEqual(['missing', 'event.came', 'event.otherVersion!']);
  });

  it('says that what is known of the person may have been something else when the event came', async () => {
    const plan = { kind: 'contact', path: ['plan'] } as const;
    const filter = { kind: 'compare', op: 'equals', left: plan, right: { kind: 'literal', value: 'pro' } } as const;
    await publish('plan', { entry: [{ event: 'plan', filter }] });
    await put('hal', { attributes: { plan: 'free' } });
    await send('plan', 'hal');
    expect(await explain('hal', 'plan')).toEqual(['missing', 'event.came', 'event.filter!']);
    await put('hal', { attributes: { plan: 'trial' } });
    expect(await explain('hal', 'plan')).toEqual(['missing', 'event.came', 'event.filterNow!']);
    await put('hal', { attributes: { plan: 'pro' } });
    expect(await explain('hal', 'plan')).toEqual(['unknown', 'event.came', 'nothing.maybeFilter']);
  });

  it('says what became of who would have entered during a pause, and after the end', async () => {
    await publish('kept');
    await publish('dropped', { pausedEntries: 'drop' });
    await turn('kept', 'pause');
    await turn('dropped', 'pause');
    await send('kept', 'ian');
    await send('dropped', 'ian');
    expect(await explain('ian', 'kept')).toEqual(['ahead', 'event.came', 'journey.kept']);
    expect(await explain('ian', 'dropped')).toEqual(['missing', 'event.came', 'journey.dropped!']);
    await turn('kept', 'resume');
    await turn('dropped', 'resume');
    expect(await explain('ian', 'kept')).toEqual(['came', 'entered']);
    expect(await explain('ian', 'dropped')).toEqual(['missing', 'event.came', 'journey.dropped!']);
    await turn('kept', 'stop');
    await send('kept', 'jon');
    expect(await explain('jon', 'kept')).toEqual(['missing', 'event.came', 'journey.stopped!']);
  });

  it.each([
    ['contacts:read', 'runs:read'],
    ['runs:read', 'contacts:read'],
  ] as const)(
    'is not for a key with %s alone, as it shows events and runs (a hostile reader 7)',
    async (has, needs) => {
      const url = '/v1/contacts/ana/absence?journey=once';
      expect(await api.call({ url, key: await api.key([has]) })).toMatchObject({ status: 403, json: { needs } });
    },
  );

  describe('a mail', () => {
    const when = { kind: 'exists', value: { kind: 'contact', path: ['paid'] } } as const;
    const branch: JourneyNode = { kind: 'if', id: 'paid', title: 'Has paid?', when, yes: [hello], no: [] };
    /** A run of the person that has come as far as these lines and this effect. */
    const stand = async (
      contact: string,
      of: { lines?: object[]; effect?: object; run?: object } = {},
    ): Promise<string> => {
      await put(contact, { email: `${contact}@example.test` });
      await send('mailed', contact);
      const [run] = await journeyRunsOf(database, contact);
      const ids = { workspace_id: database.workspaceId, run_id: run?.id ?? '' };
      const db = kysely(database.system);
      for (const line of of.lines ?? [])
        await db
          .insertInto('step')
          .values({ ...ids, visit: 1, generation: 0, kind: 'email', title: 'x', status: 'done', step: 'x', ...line })
          .execute();
      if (of.effect)
        await db
          .insertInto('effect')
          .values({
            ...ids,
            key: newId(),
            step: 'hello',
            visit: 1,
            generation: 0,
            kind: 'email',
            mode: 'atMostOnce',
            request: '{}',
            ...of.effect,
          })
          .execute();
      if (of.run) await db.updateTable('run').set(of.run).where('id', '=', ids.run_id).execute();
      return ids.run_id;
    };
    const why = (contact: string): Promise<string[]> => explain(contact, 'mailed', 'hello');
    const yes = { step: 'paid', kind: 'if', detail: '{"result":true}' };
    const error = (message: string): string => JSON.stringify({ code: 'effect.suppressed', message });

    beforeAll(async () => {
      await publish('mailed', { steps: [branch], reentry: 'afterExit' });
    });

    it('was kept back, refused, came back or was sent', async () => {
      await stand('kim', { lines: [yes], effect: { state: 'suppressed', error: error('unsubscribed') } });
      expect(await why('kim')).toEqual(['missing', 'entered', 'step.branch', 'mail.heldBack!']);
      expect((await ask('kim', 'mailed', 'hello')).json['findings']).toContainEqual(
        expect.objectContaining({ code: 'mail.heldBack', reason: 'unsubscribed' }),
      );
      await stand('leo', { effect: { state: 'rejected', error: error('no such box') } });
      expect(await why('leo')).toEqual(['missing', 'entered', 'mail.refused!']);
      await stand('mia', { effect: { state: 'done' } });
      expect(await why('mia')).toEqual(['came', 'entered', 'mail.sent']);
      const { id } = await kysely(database.system)
        .selectFrom('effect')
        .innerJoin('run', 'run.id', 'effect.run_id')
        .innerJoin('contact', 'contact.id', 'run.contact_id')
        .select(['effect.id'])
        .where('contact.external_id', '=', 'mia')
        .executeTakeFirstOrThrow();
      const mia = (await put('mia')).json['id'] as string;
      const of = { workspace_id: database.workspaceId, effect_id: id, contact_id: mia };
      await kysely(database.system)
        .insertInto('mail')
        .values({ ...of, recipient: 'mia@example.test', subject: 'Hello' })
        .execute();
      await kysely(database.system)
        .insertInto('mail_report')
        .values({ ...of, id: newId(), kind: 'bounced', status: '5.1.1', diagnostic: 'no such user', at: new Date() })
        .execute();
      expect(await why('mia')).toEqual(['missing', 'entered', 'mail.sent', 'mail.returned!']);
      await stand('ned', { effect: { state: 'deferred', error: error('Quiet hours') } });
      expect(await why('ned')).toEqual(['ahead', 'entered', 'mail.waits']);
      await stand('oda', { effect: { state: 'unknown' } });
      expect(await why('oda')).toEqual(['unknown', 'entered', 'mail.unknown']);
    });

    it('lay on another branch, was left out, is ahead, or its run ended before', async () => {
      await stand('pam', {
        lines: [{ ...yes, detail: '{"result":false}' }],
        run: { status: 'completed', ended_at: new Date() },
      });
      expect(await why('pam')).toEqual(['missing', 'entered', 'step.otherBranch!']);
      expect((await ask('pam', 'mailed', 'hello')).json['findings']).toContainEqual(
        expect.objectContaining({ what: ['Has paid?', 'No', 'Yes'] }),
      );
      await stand('quy', { lines: [yes, { step: 'hello', status: 'skipped', detail: '{"reason":"quiet hours"}' }] });
      expect(await why('quy')).toEqual(['missing', 'entered', 'step.branch', 'step.skipped!']);
      await stand('ray', { run: { status: 'exited', reason: 'event left', ended_at: new Date() } });
      expect(await why('ray')).toEqual(['missing', 'entered', 'run.ended!']);
      await stand('sue');
      expect(await why('sue')).toEqual(['ahead', 'entered', 'run.ahead']);
      const url = '/v1/contacts/sue/consents/email';
      await api.call({ method: 'PUT', url, key, body: { isOpen: false, reason: 'by phone' } });
      expect(await why('sue')).toEqual(['ahead', 'entered', 'run.ahead', 'consent.closed']);
      await put('tom');
      expect(await why('tom')).toEqual(['missing', 'event.none!']);
    });

    it('is asked about by a step that sends one', async () => {
      const { status, json } = await ask('kim', 'mailed', 'paid');
      expect(status).toBe(422);
      expect(json['errors']).toMatchObject([{ path: 'step', code: 'absence.unknownStep' }]);
      expect((await ask('kim', 'nothing')).json).toMatchObject({ code: 'journey.notFound' });
      expect((await ask('nobody', 'mailed')).json).toMatchObject({ code: 'contact.notFound' });
      expect((await ask('kim', 'mailed')).json['mails']).toEqual([{ step: 'hello', title: 'Hello' }]);
    });
  });
});
