import { beforeAll, describe, expect, it } from 'vitest';
import type { Condition } from '../../contracts/journeys/conditions.schema.ts';
import { segmentLimits } from '../../contracts/segments/limits.ts';
import { keepSegments } from '../../platform/db/segments/keep-segments.ts';
import type { Answer } from '../../test/support/caller.ts';
import { segmentEnter } from '../../sdk/journey/journey.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../test/support/journeys.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

const isPro: Condition = {
  kind: 'compare',
  op: 'equals',
  left: { kind: 'contact', path: ['plan'] },
  right: { kind: 'literal', value: 'PRO' },
  ignoreCase: true,
};
const named = (segment: string): Condition => ({ kind: 'inSegment', segment });

describe('/v1/segments (issue 16)', () => {
  const { database, api } = useTestApi();
  let key: string;
  let reader: string;
  beforeAll(async () => {
    key = await api.key(['contacts:read', 'contacts:write', 'journeys:write', 'events:write', 'audit:read']);
    reader = await api.key(['contacts:read']);
    for (let n = 0; n < 12; n += 1)
      await api.call({ method: 'PUT', url: `/v1/contacts/pro-${n}`, key, body: { attributes: { plan: 'Pro' } } });
    await api.call({ method: 'PUT', url: '/v1/contacts/ana', key, body: { attributes: { plan: 'free' } } });
    await api.call({
      method: 'POST',
      url: '/v1/events',
      key,
      body: { events: [sampleEvent('e-1', 'Ordered', 'ana')] },
    });
  });

  const put = (slug: string, rule: object, by = key): Promise<Answer> =>
    api.call({ method: 'PUT', url: `/v1/segments/${slug}`, key: by, body: { name: `Segment ${slug}`, rule } });
  const get = (path: string, by = reader): Promise<Answer> => api.call({ url: `/v1/segments${path}`, key: by });
  const built = async (slug: string): Promise<Answer> => {
    for (;;) {
      await keepSegments(database.system);
      const answer = await get(`/${slug}`);
      if (answer.json['state'] === 'ready') return answer;
    }
  };

  it('makes a segment, and says who is in it', async () => {
    expect((await put('pro', isPro)).json).toMatchObject({ slug: 'pro', version: 1, state: 'building', members: 0 });
    expect((await built('pro')).json).toMatchObject({ state: 'ready', members: 12, looked: 13, rule: isPro });
    const first = await get('/pro/members?limit=10');
    const second = await get(`/pro/members?limit=10&cursor=${String(first.json['nextCursor'])}`);
    const all = [first, second].flatMap(({ json }) => json['items'] as { contact: string }[]);
    expect(all.map(({ contact }) => contact)).toEqual(Array.from({ length: 12 }, (_, n) => `pro-${11 - n}`));
    expect(second.json['nextCursor']).toBeNull();
    const changes = await get('/pro/changes?limit=5');
    expect(changes.json['items']).toHaveLength(5);
    expect(
      (await get(`/pro/changes?limit=50&cursor=${String(changes.json['nextCursor'])}`)).json['items'],
    ).toHaveLength(7);
    expect((await get('')).json).toMatchObject({ items: [{ slug: 'pro', members: 12 }] });
  });

  it('counts whom a rule means while it is written', async () => {
    const preview = (rule: object): Promise<Answer> =>
      api.call({ method: 'POST', url: '/v1/segments/preview', key: reader, body: { rule } });
    const { json } = await preview({ kind: 'any', of: [named('pro'), { kind: 'performed', event: 'Ordered' }] });
    expect(json).toMatchObject({ people: 13, looked: 13, isExact: true });
    expect(json['sample']).toHaveLength(10);
    expect((await preview({ kind: 'not', condition: isPro })).json).toMatchObject({ people: 1, sample: ['ana'] });
    expect((await preview(named('nobody'))).json).toMatchObject({ status: 422, errors: [{ code: 'segment.unknown' }] });
  });

  it('says why a contact is in it, or not', async () => {
    await put('others', {
      kind: 'all',
      of: [
        { kind: 'not', condition: named('pro') },
        { kind: 'performed', event: 'Ordered' },
      ],
    });
    await built('others');
    const { json } = await get('/others/members/ana');
    expect(json).toMatchObject({ isMember: true, since: expect.any(String) as string });
    expect(json['parts']).toEqual([
      { path: 'rule', kind: 'all', holds: true },
      { path: 'rule.of.0', kind: 'not', holds: true },
      { path: 'rule.of.0.condition', kind: 'inSegment', holds: false },
      { path: 'rule.of.1', kind: 'performed', holds: true },
    ]);
    expect((await get('/others/members/pro-1')).json).toMatchObject({
      isMember: false,
      since: null,
      parts: [{ holds: false }, {}, { holds: true }, {}],
    });
    expect((await get('/others/members/nobody')).json).toMatchObject({ status: 404, code: 'contact.notFound' });
  });

  it('refuses a rule that comes back to itself, with the way', async () => {
    const around = await put('pro', named('others'));
    expect(around.json).toMatchObject({
      status: 422,
      code: 'segment.invalid',
      errors: [{ path: 'rule', code: 'segment.circle', message: 'It comes back to itself: pro → others → pro' }],
    });
    expect((await put('self', named('self'))).json).toMatchObject({ errors: [{ code: 'segment.circle' }] });
  });

  it('refuses what it cannot ask, with the place', async () => {
    const problems = async (rule: object): Promise<unknown> => (await put('bad', rule)).json['errors'];
    expect(await problems({ kind: 'performed', event: 'Ordered', within: 'P1M' })).toMatchObject([
      { path: 'rule.within' },
    ]);
    expect(await problems({ kind: 'exists', value: { kind: 'entryKey' } })).toMatchObject([
      { path: 'rule.value', code: 'segment.value' },
    ]);
    expect((await get('/bad')).json).toMatchObject({ status: 404, code: 'segment.notFound' });
  });

  it('is named by journeys that begin by it, and by entries of many (issue 16)', async () => {
    const publisher = await api.key(['journeys:read', 'journeys:write', 'journeys:publish', 'contacts:read']);
    const definition = sampleJourney('by-segment', { entry: [segmentEnter('nobody').trigger], execution: 'pooled' });
    const unknown = await api.call({
      method: 'PUT',
      url: '/v1/journeys/by-segment',
      key: publisher,
      body: { definition },
    });
    expect(unknown.json).toMatchObject({ problems: [{ path: 'entry.0.key', code: 'segment.unknown' }] });
    const unnamed = { ...definition, entry: [{ event: '$segmentEntered' }] };
    const { json } = await api.call({
      method: 'PUT',
      url: '/v1/journeys/by-segment',
      key: publisher,
      body: { definition: unnamed },
    });
    expect(json).toMatchObject({ problems: [{ path: 'entry.0.key', code: 'segment.notNamed' }] });
    await publishJourney(api, publisher, { ...definition, entry: [segmentEnter('others').trigger] });
    const enter = (segment: string): Promise<Answer> =>
      api.call({
        method: 'POST',
        url: '/v1/journeys/by-segment/entries',
        key: publisher,
        body: { people: { segment }, dryRun: true },
      });
    expect((await enter('others')).json).toMatchObject({ people: 1, keptOut: 0 });
    expect((await enter('nobody')).json).toMatchObject({ status: 422, code: 'segment.unknown' });
    const removed = await api.call({ method: 'DELETE', url: '/v1/segments/others', key });
    expect(removed.json).toMatchObject({ status: 409, code: 'segment.inUse', journeys: ['by-segment'] });
    await api.call({ method: 'POST', url: '/v1/journeys/by-segment/stop', key: publisher, body: {} });
    const events = [sampleEvent('e-2', '$segmentEntered', 'ana', { key: 'others' })];
    const sent = await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    expect(sent.json).toMatchObject({ accepted: 0, rejected: [{ code: 'event.reservedName' }] });
  });

  it('takes away what no other names, and nothing else', async () => {
    const remove = (slug: string): Promise<Answer> => api.call({ method: 'DELETE', url: `/v1/segments/${slug}`, key });
    expect((await remove('pro')).json).toMatchObject({ status: 409, code: 'segment.inUse', segments: ['others'] });
    expect((await remove('others')).status).toBe(204);
    expect((await remove('pro')).status).toBe(204);
    const { json } = await api.call({ url: '/v1/audit?limit=2', key });
    expect(json['items']).toMatchObject([{ act: 'segment.removed' }, { act: 'segment.removed' }]);
  });

  it('is for whom it is for', async () => {
    expect((await put('mine', isPro, reader)).status).toBe(403);
    expect((await get('', await api.key(['events:write']))).status).toBe(403);
  });

  it('keeps no more than it says', async () => {
    for (let n = 0; n < segmentLimits.segments; n += 1) expect((await put(`s-${n}`, isPro)).status).toBe(200);
    expect((await put('one-more', isPro)).json).toMatchObject({ status: 409, code: 'segment.tooMany' });
    expect((await put('s-0', { kind: 'all', of: [] })).status).toBe(200);
  });
});
