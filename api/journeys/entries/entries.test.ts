import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../../test/support/journeys.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

/** No turn is made here: runs stay as they began unless a test says otherwise. */
describe('an entry of many people', () => {
  const { database, api } = useTestApi({}, { poolSize: 10 });
  let key: string;
  const post = (url: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call({ method: 'POST', url, key, body, headers });
  const get = async (url: string): Promise<Record<string, unknown>> => (await api.call({ url, key })).json;
  const enter = (slug: string, people: object, more: object = {}): Promise<Answer> =>
    post(`/v1/journeys/${slug}/entries`, { people, reason: 'the autumn letter', ...more });
  const operation = (id: unknown): Promise<Record<string, unknown>> => get(`/v1/bulk-operations/${String(id)}`);
  const until = async (id: unknown, state: string): Promise<Record<string, unknown>> => {
    await expect.poll(async () => (await operation(id))['state']).toBe(state);
    return operation(id);
  };
  /** What its rate has wait goes on with each look. */
  const hurried = async (id: unknown): Promise<Record<string, unknown>> => {
    await sql`update bulk_operation set leased_until = null where id = ${String(id)}`.execute(kysely(database.system));
    return operation(id);
  };
  const publish = (slug: string, change: Partial<JourneyDefinition> = {}): Promise<void> =>
    publishJourney(api, key, sampleJourney(slug, { entry: [{ event: slug }], ...change }));
  /** Contacts `name-1`, `name-2` and so on, with an attribute of that name. */
  const people = async (name: string, count: number): Promise<void> => {
    await sql`insert into contact (workspace_id, external_id, attributes)
      select ${database.workspaceId}, ${name}::text || '-' || n, jsonb_build_object('of', ${name}::text) from generate_series(1, ${count}::int) n`.execute(
      kysely(database.system),
    );
  };
  /** How many runs a journey has, of how many people, and how many are pooled. */
  const runsOf = async (slug: string): Promise<{ runs: number; people: number; pooled: number }> => {
    const { rows } = await sql<{ runs: number; people: number; pooled: number }>`
      select count(*)::int as runs, count(distinct r.contact_id)::int as people, count(r.pool)::int as pooled
      from run r join journey j on j.workspace_id = r.workspace_id and j.id = r.subject_id
      where r.workspace_id = ${database.workspaceId} and j.slug = ${slug}`.execute(kysely(database.system));
    return rows[0] ?? { runs: 0, people: 0, pooled: 0 };
  };
  /** As if the first turns had been made. */
  const begin = (slug: string): Promise<unknown> =>
    sql`update run set status = 'waiting' where subject_id = (select id from journey where slug = ${slug})`.execute(
      kysely(database.system),
    );

  beforeAll(async () => {
    key = await api.key([
      'contacts:erase',
      'events:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'audit:read',
    ]);
  });

  it('lets in whom a filter finds, each once, in pools, and goes on when there is room for more', async () => {
    await publish('many');
    await people('many', 2_100);
    await people('others', 3);
    const { status, json } = await enter('many', { attributes: { of: 'many' } });
    expect([status, json]).toEqual([
      202,
      { id: json['id'], people: 2_100, keptOut: 0, waiting: 0, unknown: 0, unknownIds: [] },
    ]);
    await expect.poll(async () => (await operation(json['id']))['done']).toBe(2_000);
    expect(await operation(json['id'])).toMatchObject({
      kind: 'enterMany',
      journey: 'many',
      state: 'running',
      total: 2_100,
    });
    await begin('many');
    expect(await until(json['id'], 'done')).toMatchObject({ done: 2_100, refused: 0, reasons: {} });
    expect(await runsOf('many')).toEqual({ runs: 2_100, people: 2_100, pooled: 2_100 });
  });

  it('happens once for a key, and keeps out who went through before, with the run that stands', async () => {
    await publish('twice');
    await people('twice', 3);
    const { json } = await post('/v1/journeys/twice/runs', { contact: 'twice-2' });
    const [first, again] = [await keyed(), await keyed()];
    expect([first.json['people'], first.json['keptOut'], again.json]).toEqual([3, 1, first.json]);
    expect(await until(first.json['id'], 'done')).toMatchObject({
      done: 2,
      refused: 1,
      reasons: { 'journey.reentry': 1 },
    });
    expect(await get(`/v1/bulk-operations/${String(first.json['id'])}/refusals`)).toMatchObject({
      items: [{ runId: json['runId'], code: 'journey.reentry' }],
    });
    expect((await get('/v1/bulk-operations?kind=enterMany&journey=twice'))['items']).toHaveLength(1);
    const third = await enter('twice', { attributes: { of: 'twice' } });
    expect(await until(third.json['id'], 'done')).toMatchObject({ done: 0, refused: 3 });
    expect(await runsOf('twice')).toEqual({ runs: 3, people: 3, pooled: 2 });

    function keyed(): Promise<Answer> {
      const body = { people: { attributes: { of: 'twice' } } };
      return post('/v1/journeys/twice/entries', body, { 'idempotency-key': 'twice' });
    }
  });

  it('takes external ids, names those that nobody has, and counts alone when asked to', async () => {
    await publish('named', { reentry: 'afterExit' });
    await people('named', 3);
    const named = { externalIds: ['named-1', 'named-3', 'named-1', 'nobody'] };
    const dry = await enter('named', named, { dryRun: true });
    const counted = { people: 2, keptOut: 0, waiting: 0, unknown: 1, unknownIds: ['nobody'] };
    expect(dry.json).toEqual({ id: null, ...counted });
    expect([await runsOf('named'), (await get('/v1/bulk-operations?journey=named'))['items']]).toEqual([
      { runs: 0, people: 0, pooled: 0 },
      [],
    ]);
    const { json } = await enter('named', named, { execution: 'dedicated' });
    expect(json).toEqual({ id: json['id'], ...counted });
    const ended = { total: 3, done: 2, refused: 1, reasons: { 'contact.notFound': 1 } };
    expect(await until(json['id'], 'done')).toMatchObject(ended);
    expect(await runsOf('named')).toEqual({ runs: 2, people: 2, pooled: 0 });
    expect(await kept()).toEqual({ selection: { rate: undefined, key: null, execution: 'dedicated' }, people: 0 });

    async function kept(): Promise<unknown> {
      const { rows } = await sql<object>`
        select selection, (select count(*)::int from bulk_person where bulk_id = bulk_operation.id) as people from bulk_operation where id = ${json['id']}`.execute(
        kysely(database.system),
      );
      return rows[0];
    }
  });

  it('waits while its journey is paused, and enters when it goes on', async () => {
    await publish('held');
    await people('held', 2);
    await post('/v1/journeys/held/pause');
    const { json } = await enter('held', { attributes: { of: 'held' } });
    expect(json).toMatchObject({ people: 2, waiting: 2 });
    // It has looked, and rests.
    await expect.poll(() => leased(json['id'])).toBe(true);
    expect(await operation(json['id'])).toMatchObject({ state: 'running', done: 0 });
    await post('/v1/journeys/held/resume');
    expect(await until(json['id'], 'done')).toMatchObject({ done: 2, refused: 0 });
  });

  it('leaves out whom it comes to while a journey is paused that drops them, and does not begin then', async () => {
    await publish('dropping', { pausedEntries: 'drop' });
    await people('dropping', 2);
    const { json } = await enter('dropping', { attributes: { of: 'dropping' } }, { rate: 1 });
    await expect.poll(async () => (await operation(json['id']))['done']).toBe(1);
    await post('/v1/journeys/dropping/pause');
    await expect.poll(async () => (await hurried(json['id']))['state']).toBe('done');
    expect(await operation(json['id'])).toMatchObject({ done: 1, refused: 1, reasons: { 'journey.dropped': 1 } });
    expect(await enter('dropping', { all: true })).toMatchObject({
      status: 409,
      json: { code: 'journey.dropsEntries' },
    });
  });

  it('is paused, goes on and is ended by who may publish, and ends with its journey', async () => {
    await publish('steered');
    await people('steered', 50);
    const { json } = await enter('steered', { attributes: { of: 'steered' } }, { rate: 1 });
    const url = `/v1/bulk-operations/${String(json['id'])}`;
    await expect.poll(async () => (await operation(json['id']))['done']).toBe(1);
    expect((await post(`${url}/pause`)).json).toMatchObject({ state: 'paused', rate: 1 });
    expect((await post(`${url}/pause`)).json).toMatchObject({ state: 'paused' });
    expect((await post(`${url}/resume`)).json).toMatchObject({ state: 'running' });
    await expect.poll(async () => (await hurried(json['id']))['done']).toBeGreaterThan(1);
    const { json: ended } = await post(`${url}/cancel`);
    expect(ended).toMatchObject({ state: 'cancelled' });
    expect((await post(`${url}/resume`)).json).toEqual(ended);
    expect(await runsOf('steered')).toMatchObject({ runs: ended['done'], people: ended['done'] });
    const acts = ((await get('/v1/audit'))['items'] as { act: string }[]).map(({ act }) => act);
    expect(acts.slice(0, 4)).toEqual(['bulk.cancelled', 'bulk.resumed', 'bulk.paused', 'journey.entered']);

    const other = await enter('steered', { attributes: { of: 'steered' } }, { rate: 1 });
    await post(`/v1/bulk-operations/${String(other.json['id'])}/pause`);
    await post('/v1/journeys/steered/stop');
    expect(await operation(other.json['id'])).toMatchObject({ state: 'cancelled' });
    expect(await enter('steered', { all: true })).toMatchObject({ status: 409, json: { code: 'journey.notLive' } });
  });

  it('is not steered by who may only look, and gives no right over other operations (role matrix)', async () => {
    await publish('rights');
    await people('rights', 1);
    const started = await enter('rights', { externalIds: ['rights-1'] }, { rate: 1 });
    const operator = await api.key(['runs:read', 'runs:operate']);
    const looker = await api.key(['runs:read', 'journeys:read']);
    const retry = { kind: 'retry', runs: { ids: [started.json['id']] }, reason: 'look' };
    const { json: other } = await api.call({ method: 'POST', url: '/v1/bulk-operations', key: operator, body: retry });
    const act = async (of: string, id: unknown, what: string): Promise<number> =>
      (await api.call({ method: 'POST', url: `/v1/bulk-operations/${String(id)}/${what}`, key: of })).status;
    expect(await act(looker, started.json['id'], 'pause')).toBe(403);
    expect(await act(operator, started.json['id'], 'pause')).toBe(200);
    expect(await act(key, other['id'], 'cancel')).toBe(403);
    expect(await act(operator, other['id'], 'pause')).toBe(409);
    const body = { people: { all: true } };
    const refused = { method: 'POST', url: '/v1/journeys/rights/entries', key: operator, body } as const;
    expect((await api.call(refused)).status).toBe(403);
  });

  it('works a run as the journey says, else the workspace: by an event or by hand on its own unless that says otherwise', async () => {
    const pooledOf = async (slug: string, contact: string): Promise<number> => {
      await post('/v1/events', { events: [sampleEvent(`${slug}-${contact}`, slug, contact)] });
      return (await runsOf(slug)).pooled;
    };
    await publish('usual');
    await publish('shared', { execution: 'pooled' });
    expect(await pooledOf('usual', 'usual-1')).toBe(0);
    expect(await pooledOf('shared', 'shared-1')).toBe(1);
    const set = { method: 'PUT', url: '/v1/journey-policy', key, body: { execution: 'pooled' } } as const;
    expect([(await api.call(set)).json, await get('/v1/journey-policy')]).toEqual([set.body, set.body]);
    expect(await pooledOf('usual', 'usual-2')).toBe(1);
    await publish('own', { execution: 'dedicated' });
    expect(await pooledOf('own', 'own-1')).toBe(0);
    const { json } = await enter('own', { externalIds: ['usual-1'] });
    expect(await until(json['id'], 'done')).toMatchObject({ done: 1 });
    expect(await runsOf('own')).toEqual({ runs: 2, people: 2, pooled: 0 });
  });

  it.each([
    [{ all: true, externalIds: ['a'] }, {}, 'people'],
    [{}, {}, 'people'],
    [{ attributes: {} }, {}, 'people.attributes'],
    [{ attributes: { plan: ['pro'] } }, {}, 'people.attributes.plan'],
    [{ externalIds: ['a', 'two\nlines'] }, {}, 'people.externalIds.1'],
    [{ all: true }, { rate: 0 }, 'rate'],
    [{ all: true }, { execution: 'shared' }, 'execution'],
  ])('refuses %j with %j by its path', async (whom, more, path) => {
    const { status, json } = await enter('many', whom, more);
    expect([status, json['errors']]).toEqual([422, [expect.objectContaining({ path })]]);
  });

  async function leased(id: unknown): Promise<boolean> {
    const { rows } =
      await sql`select from bulk_operation where id = ${String(id)} and leased_until is not null`.execute(
        kysely(database.system),
      );
    return rows.length > 0;
  }
});
