import { beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '../../platform/db/runs/incidents.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../platform/db/core/workspace.ts';
import { journeyRunsOf, publishJourney, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

type Item = Record<string, unknown>;

describe('/v1/runs', () => {
  const { database, api } = useTestApi();
  let key: string;
  const ids: Record<string, string> = {};

  const get = async (url: string): Promise<Item> => (await api.call({ url, key })).json;
  const names = async (query: string): Promise<unknown[]> => {
    const { items } = await get(`/v1/runs?${query}`);
    return (items as Item[]).map(({ contact }) => (contact as Item)['name']);
  };
  /** Changes a run as a turn of the engine would leave it. */
  const leave = (name: string, run: object): Promise<unknown> =>
    kysely(database.system)
      .updateTable('run')
      .set(run)
      .where('id', '=', ids[name] ?? '')
      .execute();

  const soon = new Date(Date.now() + 60_000);

  beforeAll(async () => {
    key = await api.key([
      'contacts:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'runs:operate',
    ]);
    await publishJourney(api, key, sampleJourney('listed'));
    for (const name of ['ana', 'ben', 'cy']) {
      await api.call({
        method: 'PUT',
        url: `/v1/contacts/${name}`,
        key,
        body: { attributes: { name: `Name ${name}` } },
      });
      await api.call({ method: 'POST', url: '/v1/journeys/listed/runs', key, body: { contact: name } });
      ids[name] = (await journeyRunsOf(database, name))[0]?.id ?? '';
    }
    await leave('ana', {
      status: 'waiting',
      waiting_for: 'event',
      current_step: 'first-login',
      next_due_at: new Date(Date.now() + 3_600_000),
    });
    await leave('ben', { status: 'waiting', waiting_for: 'event', current_step: 'first-login', next_due_at: soon });
    await leave('cy', { status: 'completed', ended_at: new Date(), outcome: 'completed' });
    const incident = {
      workspaceId: database.workspaceId,
      runId: ids['ana'] ?? '',
      kind: 'test',
      message: 'A look is needed',
    };
    await inWorkspace(database.app, database.workspaceId, (tx) => openIncident(tx, incident));
  });

  it.each([
    ['', ['Name cy', 'Name ben', 'Name ana']],
    ['state=live', ['Name ben', 'Name ana']],
    ['state=ended', ['Name cy']],
    ['state=trouble', ['Name ana']],
    ['journey=listed&version=1&step=first-login&sort=due', ['Name ben', 'Name ana']],
    ['journey=listed&version=2', []],
    ['contact=cy', ['Name cy']],
    ['startedAfter=2999-01-01T00:00:00Z', []],
    ['startedAfter=2000-01-01T00:00:00Z&waitingFor=event', ['Name ben', 'Name ana']],
  ])('lists by “%s”', async (query, expected) => expect(await names(query)).toEqual(expected));

  it('says of each what it is about, and what is wrong with it', async () => {
    const { items } = await get('/v1/runs?state=trouble');
    expect(items).toMatchObject([
      {
        subject: { kind: 'journey', slug: 'listed', name: 'Journey listed', version: 1 },
        trouble: { kind: 'incident', message: 'A look is needed' },
        attempts: 0,
        costMicros: 0,
      },
    ]);
  });

  it('says when what a run stands at is due, though it is woken before that', async () => {
    const dueAt = new Date(Date.now() + 86_400_000);
    const step = { workspace_id: database.workspaceId, run_id: ids['ben'] ?? '', generation: 1, kind: 'waitFor' };
    await kysely(database.system)
      .insertInto('step')
      .values({ ...step, step: 'first-login', visit: 1, title: 'First login', status: 'waiting', due_at: dueAt })
      .execute();
    const { items } = await get('/v1/runs?contact=ben');
    expect(items).toMatchObject([{ stepTitle: 'First login', nextDueAt: dueAt.toISOString() }]);
    // What is shown is what is sorted by, from page to page too: Ana is woken later, and due earlier (drawings, the list of runs).
    expect(await names('sort=due')).toEqual(['Name ana', 'Name ben', 'Name cy']);
    const first = await get('/v1/runs?sort=due&limit=1');
    const second = await get(`/v1/runs?sort=due&limit=1&cursor=${String(first['nextCursor'])}`);
    const third = await get(`/v1/runs?sort=due&limit=1&cursor=${String(second['nextCursor'])}`);
    const pages = [first, second, third].flatMap((page) => (page['items'] as Item[]).map(({ id }) => id));
    expect(pages).toEqual([ids['ana'], ids['ben'], ids['cy']]);
    await leave('ben', { next_due_at: null });
    expect(await get(`/v1/runs/${ids['ben']}`)).toMatchObject({ nextDueAt: null });
    await leave('ben', { next_due_at: soon });
  });

  it('goes on behind the page before, by what happens next too', async () => {
    for (const sort of ['newest', 'due']) {
      const first = await get(`/v1/runs?limit=2&sort=${sort}`);
      const second = await get(`/v1/runs?limit=2&sort=${sort}&cursor=${String(first['nextCursor'])}`);
      const seen = [...(first['items'] as Item[]), ...(second['items'] as Item[])].map(({ id }) => id);
      expect(new Set(seen)).toEqual(new Set(Object.values(ids)));
      expect(second['nextCursor']).toBeNull();
    }
  });

  it('counts what the filters leave', async () => {
    expect(await get('/v1/runs/counts?journey=listed')).toEqual({
      total: 3,
      byKind: { journey: 3 },
      byStatus: { waiting: 2, completed: 1 },
      byWaitingFor: { event: 2 },
      trouble: 1,
    });
  });

  it('offers what a caller may do to a run that is alive, and to begin one anew that has ended', async () => {
    expect(await get(`/v1/runs/${ids['ana']}`)).toMatchObject({
      operations: ['pause', 'rewind', 'cancel', 'terminate'],
    });
    expect(await get(`/v1/runs/${ids['cy']}`)).toMatchObject({ operations: ['restart'] });
    const reader = await api.key(['runs:read']);
    const seen = await api.call({ url: `/v1/runs/${ids['ana']}`, key: reader });
    expect(seen.json).toMatchObject({ operations: [] });
  });

  it('ends a run at once when it is terminated, whatever Temporal knows of it', async () => {
    await api.call({ method: 'PUT', url: '/v1/contacts/dan', key, body: { attributes: { name: 'Name dan' } } });
    await api.call({ method: 'POST', url: '/v1/journeys/listed/runs', key, body: { contact: 'dan' } });
    const runId = (await journeyRunsOf(database, 'dan'))[0]?.id ?? '';
    const url = `/v1/runs/${runId}/operations`;
    const terminate = () => api.call({ method: 'POST', url, key, body: { kind: 'terminate', reason: 'enough' } });
    expect(await terminate()).toMatchObject({ status: 202 });
    expect(await get(`/v1/runs/${runId}`)).toMatchObject({
      status: 'terminated',
      reason: 'enough',
      operations: ['retry', 'restart'],
    });
    expect(await terminate()).toMatchObject({ status: 409, json: { code: 'run.ended' } });
  });

  it('shows nothing of another workspace', async () => {
    const stranger = await api.key(['runs:read'], await database.addWorkspace());
    const list = await api.call({ url: '/v1/runs', key: stranger });
    const counts = await api.call({ url: '/v1/runs/counts', key: stranger });
    const one = await api.call({ url: `/v1/runs/${ids['ana']}/turns`, key: stranger });
    expect([list.json['items'], counts.json['total'], one.status]).toEqual([[], 0, 404]);
  });
});
