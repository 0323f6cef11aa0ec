import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { enroll, makeCourseRun } from '../../../test/support/courses.ts';
import { openTestGate } from '../../../test/support/gates.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../../test/support/journeys.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

type Item = Record<string, unknown>;

describe('finding things and people', () => {
  const { database, api } = useTestApi();
  let key: string;

  const found = async (q: string, as = key): Promise<unknown[]> => {
    const { json } = await api.call({ url: `/v1/search?q=${encodeURIComponent(q)}`, key: as });
    return (json['items'] as Item[]).map(({ kind, title }) => `${String(kind)}: ${String(title)}`);
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
    await publishJourney(api, key, sampleJourney('spring'));
    const put = (id: string, body: object) => api.call({ method: 'PUT', url: `/v1/contacts/${id}`, key, body });
    await put('c-1', { email: 'ana@example.test', attributes: { name: 'Ana Souza' } });
    await put('c-2', { email: 'Anatol@example.test', attributes: { name: ['not', 'a', 'text'] } });
    await put('c-3', { attributes: { name: '100 % Ägidius_' } });
    await api.call({
      method: 'POST',
      url: '/v1/events',
      key,
      body: { events: [sampleEvent('e-1', 'SignedUp', 'c-1')] },
    });
  });

  it.each([
    ['ana s', ['contact: Ana Souza']],
    ['ANATOL', ['contact: ["not", "a", "text"]']],
    ['souza', ['contact: Ana Souza']],
    ['ouz', ['contact: Ana Souza']],
    ['TOL@EX', ['contact: ["not", "a", "text"]']],
    ['a_s', []],
    ['\\', []],
    ['100 %', ['contact: 100 % Ägidius_']],
    ['%', []],
    ['pri', ['journey: Journey spring']],
  ])('finds by “%s” (dashboard F12)', async (q, expected) => expect(await found(q)).toEqual(expected));

  it('finds a run by the beginning of its id', async () => {
    const { json } = await api.call({ url: '/v1/runs', key });
    const [run] = json['items'] as Item[];
    expect(await found(String(run?.['id']).slice(0, 18))).toContain('run: Journey spring');
  });

  it('shows only what the caller may read, and nothing of another workspace', async () => {
    expect(await found('ana s', await api.key(['journeys:read']))).toEqual([]);
    expect(await found('ana s', await api.key(['contacts:read'], await database.addWorkspace()))).toEqual([]);
  });

  it('narrows the list of contacts by the same words', async () => {
    const { json } = await api.call({ url: '/v1/contacts?q=ana', key });
    expect((json['items'] as Item[]).map(({ externalId, name }) => [externalId, name])).toEqual([
      ['c-2', null],
      ['c-1', 'Ana Souza'],
    ]);
  });

  it('tells a person’s story over all jobs, newest first, page by page, runs only to who may read them', async () => {
    const moments: Item[] = [];
    let cursor = '';
    do {
      const { json } = await api.call({ url: `/v1/contacts/c-1/timeline?limit=1${cursor}`, key });
      moments.push(...(json['items'] as Item[]));
      cursor = typeof json['nextCursor'] === 'string' ? `&cursor=${json['nextCursor']}` : '';
    } while (cursor !== '');
    // Both were written in one transaction, so their order says nothing.
    expect(moments).toHaveLength(2);
    expect(moments).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'event', title: 'SignedUp' }),
        expect.objectContaining({ kind: 'runStarted', title: 'Journey spring' }),
      ]),
    );
    const reader = await api.key(['contacts:read']);
    const events = await api.call({ url: '/v1/contacts/c-1/timeline', key: reader });
    expect((events.json['items'] as Item[]).map(({ kind }) => kind)).toEqual(['event']);
  });

  it('shows at home what needs a person', async () => {
    const { json } = await api.call({ url: '/v1/overview', key });
    expect(json).toMatchObject({ gates: { open: 0, mine: 0 }, openIncidents: 0, live: { running: 1 }, upcoming: [] });
    const started = (json['hours'] as Item[]).map((hour) => Number(hour['started']));
    expect(started).toHaveLength(24);
    expect(started.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('names at home whom a deadline within a day is about', async () => {
    const dueAt = new Date(Date.now() + 3_600_000).toISOString();
    const { runId, gateId } = await openTestGate(database, { dueAt, onTimeout: 'reject' });
    await kysely(database.system)
      .updateTable('run')
      .set((eb) => ({
        contact_id: eb
          .selectFrom('contact')
          .select('id')
          .where('external_id', '=', 'c-1')
          .where('contact.workspace_id', '=', database.workspaceId),
      }))
      .where('id', '=', runId)
      .execute();
    const { json } = await api.call({ url: '/v1/overview', key });
    expect(json['upcoming']).toEqual([
      { at: dueAt, kind: 'gate', title: 'Send this subject? · Welcome', contactName: 'Ana Souza', runId, gateId },
    ]);
  });

  it('lists all whose names hold the same words, page by page, and finds whose name begins with them among thousands', async () => {
    const { workspaceId, system } = database;
    await sql`insert into contact (workspace_id, external_id, attributes)
      select ${workspaceId}::uuid, 'crowd-' || n, jsonb_build_object('name', 'In a crowd') from generate_series(1, 1005) n`.execute(
      kysely(system),
    );
    const { email } = await enroll(database, await makeCourseRun(database));
    const named = { attributes: JSON.stringify({ name: 'Crowd control' }) };
    await kysely(system).updateTable('contact').set(named).where('email', '=', email).execute();
    for (const q of ['crowd', 'c']) {
      const listed: string[] = [];
      let cursor = '';
      do {
        const { json } = await api.call({ url: `/v1/contacts?q=${q}&limit=200${cursor}`, key });
        listed.push(...(json['items'] as Item[]).map(({ id }) => String(id)));
        cursor = typeof json['nextCursor'] === 'string' ? `&cursor=${json['nextCursor']}` : '';
      } while (cursor !== '');
      expect(listed).toEqual([...new Set(listed)].sort().reverse());
      expect(listed).toHaveLength(q === 'c' ? 1_009 : 1_006);
      const enrolled = await api.call({ url: `/v1/enrollments?q=${q}`, key: await api.key(['enrollments:read']) });
      expect(enrolled.json).toMatchObject({ items: [{ name: 'Crowd control' }] });
    }
    expect((await found('crowd'))[0]).toBe('contact: Crowd control');
    expect((await api.call({ url: `/v1/contacts?q=crowd&email=${email}`, key })).json['items']).toHaveLength(1);
  });
});
