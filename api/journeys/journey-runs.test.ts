import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition, Reentry } from '../../contracts/journeys/journey.schema.ts';
import type { Answer } from '../../test/support/caller.ts';
import { journeyRunsOf, publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { eventually } from '../../test/support/eventually.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import type { BulkRow } from '../../platform/db/bulk/bulk-operations.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { takeInEvents } from '../../platform/db/journeys/event-intake.ts';
import { changeJourney, findJourney } from '../../platform/db/journeys/journeys.ts';
import { beginSwitch, switchNext } from '../../platform/db/journeys/switch-runs.ts';
import { newId } from '../../platform/ids.ts';

describe('the people in a journey', () => {
  const { database, api } = useTestApi({}, { poolSize: 20 });
  let key: string;
  let counter = 0;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call({ method: 'POST', url: `/v1/journeys${path}`, key, body, headers });
  const send = (name: string, contact: string, more: object = {}): Promise<Answer> => {
    counter += 1;
    const events = [sampleEvent(`event-${counter}`, name, contact, more)];
    return api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
  };
  const keysOf = async (contact: string): Promise<string[]> =>
    (await journeyRunsOf(database, contact)).map((run) => run.entry_key.replace(/^[^/]+\/[^/#~]+/, ''));
  const endRuns = (contact: string, status = 'completed'): Promise<unknown> =>
    kysely(database.system)
      .updateTable('run')
      .set({ status, ended_at: new Date() })
      .where('contact_id', 'in', (eb) => eb.selectFrom('contact').select('id').where('external_id', '=', contact))
      .execute();
  /** Waits until a transaction waits for a lock. */
  const untilBlocked = (): Promise<boolean> =>
    eventually('one waits for the other', async () => {
      const { rows } =
        await sql`select from pg_locks join pg_stat_activity using (pid) where datname = current_database() and not granted`.execute(
          kysely(database.system),
        );
      return rows.length > 0;
    });
  const publish = (slug: string, change: Partial<JourneyDefinition> = {}): Promise<void> =>
    publishJourney(api, key, sampleJourney(slug, { entry: [{ event: slug }], ...change }));

  beforeAll(async () => {
    key = await api.key([
      'events:write',
      'contacts:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
    ]);
  });

  const policies: [Reentry, string[], string[], string[]][] = [
    ['once', [''], [''], ['']],
    ['afterExit', ['#1'], ['#1', '#2'], ['#1', '#2', '#3']],
    // Without a key there is no run of its own.
    ['perKey', ['/k1', '/k2'], ['/k1', '/k2'], ['/k1', '/k2']],
  ];
  it.each(policies)('lets people in %s', async (reentry, first, second, third) => {
    const slug = `policy-${reentry.toLowerCase()}`;
    await publish(slug, { reentry });
    const round = async (): Promise<string[]> => {
      await send(slug, slug, { key: 'k1' });
      await send(slug, slug, { key: 'k1' });
      await send(slug, slug, { key: 'k2' });
      await send(slug, slug);
      return keysOf(slug);
    };
    expect(await round()).toEqual(first);
    await endRuns(slug);
    expect(await round()).toEqual(second);
    await endRuns(slug);
    expect(await round()).toEqual(third);
  });

  it.each<[Reentry, string]>([
    ['once', '~1'],
    ['perKey', '~1/k1'],
  ])('lets people in %s, not counting a run that failed (journeys F4, dashboard F2)', async (reentry, second) => {
    const slug = `failed-${reentry.toLowerCase()}`;
    await publish(slug, { reentry });
    await send(slug, slug, { key: 'k1' });
    await endRuns(slug, 'failed');
    await send(slug, slug, { key: 'k1' });
    await send(slug, slug, { key: 'k1' });
    expect((await keysOf(slug)).slice(1)).toEqual([second]);
  });

  it('lets the first entry of a call decide about the second', async () => {
    await publish('twice', { reentry: 'afterExit' });
    const events = ['a', 'b'].map((id) => sampleEvent(`twice-${id}`, 'twice', 'twice'));
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    expect(await keysOf('twice')).toEqual(['#1']);
  });

  it('lets in whom the entry’s filter means', async () => {
    const plan = { kind: 'event', path: ['plan'] } as const;
    const filter = { kind: 'compare', op: 'equals', left: plan, right: { kind: 'literal', value: 'pro' } } as const;
    const country = { kind: 'contact', path: ['country'] } as const;
    await publish('filtered', {
      entry: [
        { event: 'filtered', filter },
        { event: 'filtered', filter: { kind: 'exists', value: country } },
      ],
    });
    await send('filtered', 'pro', { properties: { plan: 'pro' } });
    await send('filtered', 'free', { properties: { plan: 'free' } });
    await api.call({ method: 'PUT', url: '/v1/contacts/local', key, body: { attributes: { country: 'PT' } } });
    await send('filtered', 'local');
    expect([await keysOf('pro'), await keysOf('free'), await keysOf('local')]).toEqual([[''], [], ['']]);
  });

  it('starts by hand, once for an idempotency key, and says when the policy refuses', async () => {
    await publish('by-hand');
    await api.call({ method: 'PUT', url: '/v1/contacts/hand', key, body: {} });
    const body = { contact: 'hand', variables: { plan: 'pro' } };
    const first = await post('/by-hand/runs', body, { 'idempotency-key': 'hand-1' });
    expect(first.status).toBe(202);
    const again = await post('/by-hand/runs', body, { 'idempotency-key': 'hand-1' });
    expect(again.json).toEqual(first.json);
    const refused = await post('/by-hand/runs', body);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({ code: 'journey.reentry', runId: first.json['runId'] });
    expect(await journeyRunsOf(database, 'hand')).toMatchObject([{ id: first.json['runId'], wakes: 1 }]);
    const row = await kysely(database.system)
      .selectFrom('journey_run')
      .select('entry')
      .where('run_id', '=', String(first.json['runId']))
      .executeTakeFirstOrThrow();
    expect(row.entry).toMatchObject({ eventId: null, properties: { plan: 'pro' } });
  });

  it.each([
    ['an unknown contact', 'by-hand', { contact: 'nobody' }, 422],
    ['no contact', 'by-hand', {}, 422],
    ['a journey that is not live', 'only-draft', { contact: 'known' }, 409],
    ['an unknown journey', 'nothing', { contact: 'known' }, 404],
  ])('refuses to start with %s', async (_name, slug, body, status) => {
    await publish('by-hand');
    await api.call({ method: 'PUT', url: '/v1/contacts/known', key, body: {} });
    const definition = sampleJourney('only-draft');
    await api.call({ method: 'PUT', url: '/v1/journeys/only-draft', key, body: { definition } });
    expect((await post(`/${slug}/runs`, body)).status).toBe(status);
  });

  it('pauses, resumes and stops with everybody in it', async () => {
    await publish('switched');
    await send('switched', 's1');
    await send('switched', 's2');
    const paused = await post('/switched/pause', { reason: 'typo' });
    expect(paused.status).toBe(202);
    expect(paused.json).toMatchObject({ journey: { status: 'paused' }, runsTold: 2 });
    expect((await post('/switched/pause', {})).json).toMatchObject({ journey: { status: 'paused' }, runsTold: 2 });
    await send('switched', 's3');
    expect(await keysOf('s3')).toEqual([]);
    const keptIn = async (slug: string) => (await api.call({ url: `/v1/journeys/${slug}/stats`, key })).json['kept'];
    expect(await keptIn('switched')).toBe(1);
    expect((await post('/switched/resume', {})).json).toMatchObject({ journey: { status: 'live' }, runsTold: 2 });
    // Who came during the pause has entered (dashboard F8), and is kept no longer.
    expect(await keysOf('s3')).toEqual(['']);
    expect(await keptIn('switched')).toBe(0);
    const stopped = await post('/switched/stop', { reason: 'over' });
    expect(stopped.json).toMatchObject({ journey: { status: 'stopped' }, runsTold: 3 });
    const [run] = await journeyRunsOf(database, 's1');
    const received = await kysely(database.system)
      .selectFrom('run_inbox')
      .select(['kind', 'payload'])
      .where('run_id', '=', run?.id ?? '')
      .orderBy('seq')
      .execute();
    expect(received).toEqual([
      { kind: 'pause', payload: { reason: 'typo' } },
      { kind: 'resume', payload: { reason: 'by hand' } },
      { kind: 'exit', payload: { reason: 'over' } },
    ]);
    expect((await post('/switched/resume', {})).json).toMatchObject({ code: 'journey.notLive' });
    await post('/switched/publish', {});
    await send('switched', 's4');
    expect(await keysOf('s4')).toEqual(['']);
  });

  it('sends to more runs than one transaction takes', async () => {
    await publish('crowded');
    const events = Array.from({ length: 1_000 }, (_, index) => sampleEvent(`c-${index}`, 'crowded', `c-${index}`));
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    expect((await post('/crowded/pause', {})).json).toMatchObject({ runsTold: 1_000 });
  });

  describe('a pause whose request has died (bad day, a pause that breaks off)', () => {
    const people = 600;
    /** Pauses or stops a journey that many are in as a request does that dies when it has reached the first of them; the API beside the test is to leave it. */
    const breakOff = async (slug: string, message: 'pause' | 'exit' = 'pause'): Promise<BulkRow> => {
      const { workspaceId, app } = database;
      await publish(slug);
      // A busy machine takes a hundred in within the time that a request has.
      for (let from = 0; from < people; from += 100) {
        const ids = Array.from({ length: 100 }, (_, at) => `${slug}-${from + at}`);
        const events = ids.map((id) => sampleEvent(id, slug, id));
        const taken = await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
        expect(taken.json).toMatchObject({ accepted: 100 });
      }
      return inWorkspace(app, workspaceId, async (tx) => {
        const found = await findJourney(tx, workspaceId, slug, { lock: true });
        if (!found) throw new Error('no journey');
        const journey = await changeJourney(tx, found, { status: message === 'pause' ? 'paused' : 'stopped' });
        const actor = { kind: 'apiKey', id: newId(), name: 'a key' } as const;
        const row = await beginSwitch(tx, journey, message, { actor, requestedBy: null, reason: 'typo' });
        expect(await switchNext(tx, row)).toBe(true);
        await lease(tx, row.id, sql`now() + interval '1 day'`);
        return row;
      });
    };
    const lease = (db: Parameters<typeof kysely>[0], id: string, until: RawBuilder<unknown>): Promise<unknown> =>
      sql`update bulk_operation set leased_until = ${until} where id = ${id}`.execute(kysely(db));
    const stateOf = async (id: string): Promise<unknown> =>
      (await api.call({ url: `/v1/bulk-operations/${id}`, key })).json['state'];
    /** How many runs of a journey have been sent each series of messages. */
    const received = async (slug: string): Promise<Record<string, number>> => {
      const { rows } = await sql<{ kinds: string; runs: number }>`
        select kinds, count(*)::int as runs from (
          select coalesce(string_agg(i.kind, ' ' order by i.seq), '') as kinds from run r
          join journey j on j.id = r.subject_id and j.slug = ${slug} left join run_inbox i on i.run_id = r.id group by r.id) of_run
        group by kinds`.execute(kysely(database.system));
      return Object.fromEntries(rows.map(({ kinds, runs }) => [kinds, runs]));
    };

    it('is sent to all others by the server', async () => {
      const { id } = await breakOff('half');
      expect(await received('half')).toEqual({ pause: 500, '': 100 });
      await lease(database.system, id, sql`null`);
      await expect.poll(() => stateOf(id)).toBe('done');
      expect(await received('half')).toEqual({ pause: people });
    });

    it('is for who was there: a stop reaches nobody who enters once the journey is live again (a hostile reader)', async () => {
      const { id } = await breakOff('left', 'exit');
      await post('/left/publish', {});
      await send('left', 'left-late');
      await lease(database.system, id, sql`null`);
      await expect.poll(() => stateOf(id)).toBe('done');
      expect(await received('left')).toEqual({ exit: people, '': 1 });
    });

    it('is sent no further where code of before has resumed the journey (a hostile reader)', async () => {
      const { id } = await breakOff('older');
      await sql`update journey set status = 'live' where slug = 'older'`.execute(kysely(database.system));
      await lease(database.system, id, sql`null`);
      await expect.poll(() => stateOf(id)).toBe('cancelled');
      expect(await received('older')).toEqual({ pause: 500, '': 100 });
    });

    it('is ended by a resume that comes meanwhile, behind which nobody is paused', async () => {
      const pause = await breakOff('half-resumed');
      expect((await post('/half-resumed/resume', {})).json).toMatchObject({ runsTold: people });
      expect(await stateOf(pause.id)).toBe('cancelled');
      const { app, workspaceId } = database;
      expect(await inWorkspace(app, workspaceId, (tx) => switchNext(tx, pause))).toBe(false);
      expect(await received('half-resumed')).toEqual({ 'pause resume': 500, resume: 100 });
    });

    it('is sent to whom it missed by a repeat, and to nobody twice', async () => {
      const { id } = await breakOff('half-again');
      expect((await post('/half-again/pause', {})).json).toMatchObject({ runsTold: people });
      expect(await stateOf(id)).toBe('cancelled');
      expect(await received('half-again')).toEqual({ pause: people });
    });
  });

  it('lets those in who came during a pause, as if they came at its end; drops them where the journey says so', async () => {
    await publish('keeping');
    await publish('dropping', { pausedEntries: 'drop' });
    for (const slug of ['keeping', 'dropping']) {
      await post(`/${slug}/pause`, {});
      await send(slug, `${slug}-ana`);
      await post(`/${slug}/resume`, {});
    }
    const [run, ...others] = await journeyRunsOf(database, 'keeping-ana');
    expect([others, await journeyRunsOf(database, 'dropping-ana')]).toEqual([[], []]);
    const { entry, received_at } = await kysely(database.system)
      .selectFrom('journey_run')
      .innerJoin('event', 'event.contact_id', 'journey_run.contact_id')
      .select(['entry', 'received_at'])
      .where('run_id', '=', run?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(Date.parse(String(entry['receivedAt']))).toBeGreaterThan(received_at.getTime());
    await post('/keeping/resume', {});
    expect(await journeyRunsOf(database, 'keeping-ana')).toHaveLength(1);
  });

  it('keeps them through a resume that was broken off and another pause, and not beyond a stop', async () => {
    const { workspaceId, app, system } = database;
    await publish('broken');
    await post('/broken/pause', {});
    await send('broken', 'broken-ana');
    // An hour passes, and a resume begins and lets nobody in yet.
    await sql`update event set received_at = received_at - interval '1 hour' where name = 'broken'`.execute(
      kysely(system),
    );
    await sql`update journey set paused_at = paused_at - interval '1 hour', status = 'live' where slug = 'broken'`.execute(
      kysely(system),
    );
    await sql`insert into bulk_operation (workspace_id, id, kind, reason, selection, subject_id, actor, total, leased_until)
      select workspace_id, gen_random_uuid(), 'enter', 'r', '{}', id, '{"name": "x"}', 1, now() + interval '1 day' from journey
      where slug = 'broken'`.execute(kysely(system));
    await post('/broken/pause', {});
    await post('/broken/resume', {});
    expect(await keysOf('broken-ana')).toEqual(['']);
    await post('/broken/pause', {});
    await post('/broken/stop', {});
    await send('broken', 'broken-ben');
    await post('/broken/publish', {});
    await post('/broken/resume', {});
    expect(await keysOf('broken-ben')).toEqual([]);
    // One comes in while the journey goes on.
    await post('/broken/pause', {});
    const event = { name: 'broken', key: null, occurredAt: new Date().toISOString(), properties: {} };
    const resumed = await inWorkspace(app, workspaceId, async (tx) => {
      await takeInEvents(tx, workspaceId, [{ ...event, id: 'broken-cleo', contact: 'broken-cleo' }]);
      const answer = post('/broken/resume', {});
      await Promise.race([answer, untilBlocked()]);
      return { answer };
    });
    await resumed.answer;
    expect(await keysOf('broken-cleo')).toEqual(['']);
  });

  it('keeps a paused journey paused when it is published', async () => {
    await publish('held');
    await post('/held/pause', {});
    expect((await post('/held/publish', {})).json).toMatchObject({ journey: { status: 'paused' } });
  });

  it('counts runs by status and steps by where people stand', async () => {
    await publish('counted');
    for (const contact of ['n1', 'n2', 'n3']) await send('counted', contact);
    await endRuns('n1');
    for (const contact of ['n2', 'n3']) {
      const [run] = await journeyRunsOf(database, contact);
      await kysely(database.system)
        .updateTable('run')
        .set({ status: 'waiting', current_step: 'first-login' })
        .where('id', '=', run?.id ?? '')
        .execute();
      await kysely(database.system)
        .insertInto('step')
        .values({
          workspace_id: database.workspaceId,
          run_id: run?.id ?? '',
          step: 'first-login',
          visit: 1,
          generation: 0,
          kind: 'waitFor',
          title: 'First login',
          status: 'waiting',
        })
        .execute();
    }
    const stats = await api.call({ url: '/v1/journeys/counted/stats', key });
    expect(stats.json).toEqual({
      runs: {
        total: 3,
        live: 2,
        byStatus: { completed: 1, waiting: 2 },
        inTrouble: 0,
        waitingForPerson: 0,
        failed: 0,
      },
      steps: [
        {
          step: 'first-login',
          now: 2,
          running: 0,
          waitingForPerson: 0,
          inTrouble: 0,
          failed: 0,
          visits: { waiting: 2 },
          leftWithinDay: 0,
          medianMs: null,
        },
      ],
      edges: [{ from: null, to: 'first-login', count: 2 }],
      versions: [{ version: 1, live: 2 }],
      goal: { reached: 0 },
      kept: 0,
    });
  });

  it('counts those whose run failed, by step, until they are taken up (dashboard F3)', async () => {
    await publish('failures');
    for (const contact of ['failed-a', 'failed-b', 'fine']) await send('failures', contact);
    for (const contact of ['failed-a', 'failed-b']) {
      await endRuns(contact, 'failed');
      const run = (await journeyRunsOf(database, contact))[0];
      await kysely(database.system)
        .insertInto('step')
        .values({
          workspace_id: database.workspaceId,
          run_id: run?.id ?? '',
          step: 'first-login',
          visit: 1,
          generation: 0,
          kind: 'waitFor',
          title: 'First login',
          status: 'failed',
        })
        .execute();
    }
    const stats = await api.call({ url: '/v1/journeys/failures/stats', key });
    expect(stats.json).toMatchObject({ runs: { failed: 2 }, steps: [{ step: 'first-login', failed: 2, now: 0 }] });
    const list = await api.call({ url: '/v1/journeys?q=failures', key });
    expect(list.json['items']).toMatchObject([{ slug: 'failures', failed: 2, people: { live: 1 } }]);
    await endRuns('failed-a', 'completed');
    const after = await api.call({ url: '/v1/journeys/failures/stats', key });
    expect(after.json).toMatchObject({ runs: { failed: 1 }, steps: [{ failed: 1 }] });
  });

  it('counts a goal once of a run that reached it again after a rewind (issue 14 §5, the model)', async () => {
    const goal = { when: { event: 'bought' }, within: 'P1D' } as const;
    await publish('goals', { goal });
    for (const contact of ['rewound', 'without']) {
      await send('goals', contact);
      await endRuns(contact);
    }
    const [run] = await journeyRunsOf(database, 'rewound');
    const line = { step: '$goal', visit: 1, kind: 'goal', title: 'Goal', status: 'done', run_id: run?.id ?? '' };
    await kysely(database.system)
      .insertInto('step')
      .values([0, 1].map((generation) => ({ ...line, generation, workspace_id: database.workspaceId })))
      .execute();
    const stats = await api.call({ url: '/v1/journeys/goals/stats', key });
    const list = await api.call({ url: '/v1/journeys?q=goals', key });
    expect(stats.json).toMatchObject({ goal: { reached: 1 } });
    expect(list.json['items']).toMatchObject([{ slug: 'goals', goalRate: 0.5 }]);
  });
});
