import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngineActivities } from '../../../activities/engine/advance-run.ts';
import { createJourneyKind } from '../../../activities/journeys/journey.kind.ts';
import type { JourneyDefinition } from '../../../contracts/journeys/journey.schema.ts';
import type { JourneyNode } from '../../../contracts/journeys/nodes.schema.ts';
import { advanceBulk, insertBulk } from '../../../platform/db/bulk/bulk-operations.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { changeJourney, findJourney } from '../../../platform/db/journeys/journeys.ts';
import { beginSwitch } from '../../../platform/db/journeys/switch-runs.ts';
import { newId } from '../../../platform/ids.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../../test/support/journeys.ts';
import { readRun } from '../../../test/support/toy-runs.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

const email = (markdown = 'Hi'): JourneyNode => ({
  id: 'hello',
  kind: 'email',
  content: { kind: 'inline', subject: { kind: 'literal', value: 'Hello' }, markdown },
});
const day: JourneyNode = { id: 'day', kind: 'delay', for: 'P1D' };

/** The turns are made here, without Temporal. */
describe('operations on many runs', () => {
  const { database, api } = useTestApi();
  let key: string;
  const post = (url: string, body: object = {}): Promise<Answer> => api.call({ method: 'POST', url, key, body });
  const get = async (url: string): Promise<Record<string, unknown>> => (await api.call({ url, key })).json;
  const turn = async (runId: string): Promise<void> => {
    const engine = createEngineActivities({ db: database.app, kinds: { journey: createJourneyKind() } });
    const next = (await readRun(database, runId)).turn + 1;
    await engine.advanceRun({ workspaceId: database.workspaceId, runId, turn: next, at: Date.now(), failures: [] });
  };
  const begin = async (change: Partial<JourneyDefinition> & { slug: string }, people: string[]): Promise<string[]> => {
    await publishJourney(api, key, sampleJourney(change.slug, { entry: [{ event: change.slug }], ...change }));
    const events = people.map((person) => sampleEvent(`${change.slug}-${person}`, change.slug, person));
    await post('/v1/events', { events });
    const runs = await get(`/v1/runs?journey=${change.slug}`);
    const ids = (runs['items'] as { id: string }[]).map(({ id }) => id).toReversed();
    for (const id of ids) await turn(id);
    return ids;
  };
  const until = async (id: string): Promise<void> => {
    await expect.poll(() => get(`/v1/bulk-operations/${id}`).then(({ state }) => state)).toBe('done');
  };
  const messages = async (runIds: string[]): Promise<string[]> => {
    const rows = kysely(database.system).selectFrom('run_inbox').select('kind').where('run_id', 'in', runIds);
    return (await rows.orderBy('seq').execute()).map(({ kind }) => kind);
  };

  beforeAll(async () => {
    key = await api.key([
      'events:write',
      'contacts:write',
      'journeys:read',
      'journeys:write',
      'journeys:publish',
      'runs:read',
      'runs:operate',
      'audit:read',
    ]);
  });

  it('asks each run that a filter leaves once, and says which refused (dashboard F2)', async () => {
    const ids = await begin({ slug: 'many', steps: [day] }, ['many-1', 'many-2', 'many-3']);
    await kysely(database.system)
      .updateTable('run')
      .set({ status: 'completed', ended_at: new Date() })
      .where('id', '=', ids[1] ?? '')
      .execute();
    const body = { kind: 'pause', runs: { filter: { journey: 'many' } }, reason: 'look first' };
    const { status, json } = await post('/v1/bulk-operations', body);
    expect([status, json['total']]).toEqual([202, 3]);
    const id = String(json['id']);
    await until(id);
    expect(await get(`/v1/bulk-operations/${id}`)).toMatchObject({ done: 2, refused: 1, kind: 'pause' });
    expect(await get(`/v1/bulk-operations/${id}/refusals`)).toMatchObject({
      items: [{ runId: ids[1], code: 'run.ended' }],
    });
    expect(await messages(ids)).toEqual(['pause', 'pause']);
    expect((await post(`/v1/bulk-operations/${id}/cancel`)).json).toMatchObject({ state: 'done' });
  });

  it('takes named runs, and refuses a request without any by its path', async () => {
    const ids = await begin({ slug: 'named', steps: [day] }, ['named-1', 'named-2']);
    const { json } = await post('/v1/bulk-operations', { kind: 'cancel', runs: { ids: [ids[0]] }, reason: 'wrong' });
    await until(String(json['id']));
    expect(await messages(ids)).toEqual(['exit']);
    const kept = kysely(database.system).selectFrom('bulk_operation').select('selection');
    expect(await kept.where('id', '=', String(json['id'])).execute()).toEqual([{ selection: {} }]);
    expect(await post('/v1/bulk-operations', { kind: 'cancel', runs: { ids: [] }, reason: 'x' })).toMatchObject({
      status: 422,
    });
  });

  it('takes no step that another process has taken since, and keeps none that was cancelled', async () => {
    const { app, system, workspaceId } = database;
    const [first, second] = [newId(), newId()];
    const about = {
      workspaceId,
      kind: 'skip',
      reason: 'r',
      selection: {},
      subjectId: null,
      requestedBy: null,
    } as const;
    const actor = { kind: 'apiKey', id: newId(), name: 'a key' } as const;
    const taken = await inWorkspace(app, workspaceId, async (tx) => {
      const row = await insertBulk(tx, { ...about, actor, total: 2 });
      // The API that runs beside the test is to leave it.
      await sql`update bulk_operation set leased_until = now() + interval '1 day' where id = ${row.id}`.execute(
        kysely(tx),
      );
      return row;
    });
    const step = (from: string | null, cursor: string): Promise<boolean> =>
      inWorkspace(app, workspaceId, (tx) =>
        advanceBulk(tx, { ...taken, cursor: from }, { cursor, done: 1, refused: 0 }),
      );
    expect(await step(null, first)).toBe(true);
    expect(await step(null, first)).toBe(false);
    expect(await step(first, second)).toBe(true);
    expect(await get(`/v1/bulk-operations/${taken.id}`)).toMatchObject({ done: 2, state: 'running' });
    await post(`/v1/bulk-operations/${taken.id}/cancel`);
    expect(await step(second, newId())).toBe(false);
    const row = kysely(system).selectFrom('bulk_operation').select('cursor').where('id', '=', taken.id);
    expect(await row.execute()).toEqual([{ cursor: second }]);
  });

  it('moves who has not come to the changed step, also where a run comes to it meanwhile (dashboard F8)', async () => {
    const ids = await begin({ slug: 'typo', steps: [day, email('a typo')] }, ['typo-1', 'typo-2']);
    const [waits = '', comes = ''] = ids;
    await publishJourney(
      api,
      key,
      sampleJourney('typo', { entry: [{ event: 'typo' }], steps: [day, email('a text')] }),
    );
    expect(await get('/v1/journeys/typo/versions/2/move')).toMatchObject({
      moves: 2,
      stays: 0,
      groups: [{ from: 1, step: 'day', count: 2, why: null }],
    });
    const { json } = await post('/v1/journeys/typo/versions/2/move', { reason: 'the typo' });
    const id = String(json['id']);
    // Before it has received the move, one of them comes to the mail.
    await kysely(database.system)
      .updateTable('run_turn')
      .set({ state: JSON.stringify(await arrived(comes)) })
      .where('run_id', '=', comes)
      .execute();
    await until(id);
    for (const runId of ids) await turn(runId);
    expect(await get(`/v1/bulk-operations/${id}`)).toMatchObject({ kind: 'move', version: 2, done: 1, refused: 1 });
    expect(await get(`/v1/bulk-operations/${id}/refusals`)).toMatchObject({
      items: [{ runId: comes, code: 'move.passed' }],
    });
    const subjects = await Promise.all(ids.map(async (runId) => (await get(`/v1/runs/${runId}`))['subject']));
    expect(subjects).toMatchObject([{ version: 2 }, { version: 1 }]);
    const wakes = kysely(database.system).selectFrom('outbox').select('id').where('run_id', '=', waits);
    expect((await wakes.execute()).length).toBeGreaterThan(1);
    // Who has moved is not asked once more.
    const again = await post('/v1/journeys/typo/versions/2/move', { reason: 'again' });
    expect(again.json).toMatchObject({ total: 1 });
  });

  it('takes a move back that nobody has received yet, and ends one that is under way (bad day, a typo taken back)', async () => {
    const ids = await begin({ slug: 'back', steps: [day, email('a text')] }, ['back-1', 'back-2']);
    await publishJourney(
      api,
      key,
      sampleJourney('back', { entry: [{ event: 'back' }], steps: [day, email('a tpyo')] }),
    );
    const move = async (version: number): Promise<Record<string, unknown>> =>
      (await post(`/v1/journeys/back/versions/${version}/move`, { reason: 'r' })).json;
    await until(String((await move(2))['id']));
    expect(await get('/v1/journeys/back/versions/1/move')).toMatchObject({
      moves: 2,
      groups: [{ from: 1, step: 'day', count: 2, why: null }],
    });
    expect(await get('/v1/journeys/back/versions/2/move')).toMatchObject({ moves: 0, groups: [] });
    const back = await move(1);
    expect(back).toMatchObject({ total: 2 });
    await until(String(back['id']));
    for (const runId of ids) await turn(runId);
    const subjects = await Promise.all(ids.map(async (runId) => (await get(`/v1/runs/${runId}`))['subject']));
    expect(subjects).toMatchObject([{ version: 1 }, { version: 1 }]);

    const { subject_id } = await kysely(database.system)
      .selectFrom('bulk_operation')
      .select('subject_id')
      .where('id', '=', String(back['id']))
      .executeTakeFirstOrThrow();
    const about = { kind: 'move', reason: 'r', selection: {}, subjectId: subject_id, requestedBy: null } as const;
    const actor = { kind: 'apiKey', id: newId(), name: 'a key' } as const;
    const { workspaceId } = database;
    const slow = await inWorkspace(database.app, workspaceId, async (tx) => {
      const row = await insertBulk(tx, { ...about, workspaceId, actor, total: 2 });
      // The API that runs beside the test is to leave it.
      await sql`update bulk_operation set leased_until = now() + interval '1 day' where id = ${row.id}`.execute(
        kysely(tx),
      );
      return row;
    });
    await move(2);
    expect(await get(`/v1/bulk-operations/${slow.id}`)).toMatchObject({ state: 'cancelled' });
  });

  it('does not end what tells a journey’s people of its pause, as the journey itself is paused', async () => {
    const { app, system, workspaceId } = database;
    const ids = await begin({ slug: 'told', steps: [day] }, ['told-1']);
    const sent = await inWorkspace(app, workspaceId, async (tx) => {
      const found = await findJourney(tx, workspaceId, 'told', { lock: true });
      if (!found) throw new Error('no journey');
      const journey = await changeJourney(tx, found, { status: 'paused' });
      const actor = { kind: 'apiKey', id: newId(), name: 'a key' } as const;
      const row = await beginSwitch(tx, journey, 'pause', { actor, requestedBy: null, reason: 'r' });
      // The API that runs beside the test is to leave it.
      await sql`update bulk_operation set leased_until = now() + interval '1 day' where id = ${row.id}`.execute(
        kysely(tx),
      );
      return row;
    });
    expect(await post(`/v1/bulk-operations/${sent.id}/cancel`)).toMatchObject({
      status: 409,
      json: { code: 'bulk.followsJourney', detail: expect.stringContaining('the journey instead') as string },
    });
    expect(await get(`/v1/bulk-operations/${sent.id}`)).toMatchObject({ kind: 'switch', state: 'running' });
    await sql`update bulk_operation set leased_until = null where id = ${sent.id}`.execute(kysely(system));
    await until(sent.id);
    expect(await messages(ids)).toEqual(['pause']);
    expect((await post(`/v1/bulk-operations/${sent.id}/cancel`)).json).toMatchObject({ state: 'done' });
  });

  /** The state of a run as if its day were over. */
  async function arrived(runId: string): Promise<unknown> {
    const { state } = await kysely(database.system)
      .selectFrom('run_turn')
      .select('state')
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    return { ...state, visits: { day: 1, hello: 1 } };
  }
});
