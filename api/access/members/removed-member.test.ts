import { beforeAll, describe, expect, it } from 'vitest';
import { openTestGate } from '../../../test/support/gates.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { publishJourney, sampleEvent, sampleJourney } from '../../../test/support/journeys.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

/** Played as one story each: what an admin had in hand when another one shuts them out, or takes their role. */
describe('an admin who is removed in the middle (issue 14 §5)', () => {
  const { database, api } = useTestApi();
  let boss: { memberId: string; cookie: string };
  beforeAll(async () => {
    boss = await api.member(['admin']);
  });

  const change = (memberId: string, body: object): Promise<Answer> =>
    api.call({ method: 'PATCH', url: `/v1/members/${memberId}`, cookie: boss.cookie, body });
  const keyOf = async (cookie: string, scopes: string[]): Promise<string> => {
    const body = { name: 'script', scopes };
    const { json } = await api.call({ method: 'POST', url: '/v1/api-keys', cookie, body });
    return String(json['secret']);
  };
  const decide = ({ gateId, contentHash }: { gateId: string; contentHash: string }, by: object): Promise<Answer> => {
    const body = { outcome: 'approve', round: 1, expectedHash: contentHash };
    return api.call({ method: 'POST', url: `/v1/gates/${gateId}/decisions`, body, ...by });
  };
  const mineOf = async (cookie: string): Promise<unknown[]> => {
    const { json } = await api.call({ url: '/v1/gates?status=open&assignedTo=me', cookie });
    return (json['items'] as { id: string; mine: boolean }[]).flatMap(({ id, mine }) => (mine ? id : []));
  };

  it.each([
    ['is shut out', { disabled: true }, 401],
    ['is a viewer now', { roles: ['viewer'] }, 403],
  ])('leaves the approvals to the admins for which their key alone stood: %s', async (_, to, refused) => {
    const gone = await api.member(['admin']);
    const key = await keyOf(gone.cookie, ['gates:decide', 'role:designer']);
    const assignee = { kind: 'role', id: 'designer' } as const;
    const [first, second] = [await openTestGate(database, { assignee }), await openTestGate(database, { assignee })];
    expect(await mineOf(boss.cookie)).toEqual([]);
    expect((await decide(first, { key })).status).toBe(200);
    expect((await change(gone.memberId, to)).status).toBe(200);
    expect((await decide(second, { key })).status).toBe(refused);
    expect(await mineOf(boss.cookie)).toEqual([second.gateId]);
    expect((await decide(second, boss)).status).toBe(200);
  });

  it('does not leave them for a key that may not decide', async () => {
    await keyOf(boss.cookie, ['gates:read', 'role:engineer']);
    const { gateId } = await openTestGate(database, { assignee: { kind: 'role', id: 'engineer' } });
    expect(await mineOf(boss.cookie)).toEqual([gateId]);
  });

  it('ends what lets them in, keeps their views for when they come back, and what they began goes on to its end', async () => {
    const gone = await api.member(['admin']);
    const view = { page: 'runs', name: 'Failed', query: { status: 'failed' } };
    await api.call({ method: 'POST', url: '/v1/views', cookie: gone.cookie, body: view });
    const link = await api.call({
      method: 'POST',
      url: `/v1/members/${gone.memberId}/sign-in-links`,
      cookie: boss.cookie,
    });
    const key = await keyOf(gone.cookie, ['journeys:write', 'journeys:publish', 'events:write', 'runs:read']);
    await publishJourney(api, key, sampleJourney('left', { entry: [{ event: 'Left' }] }));
    const events = [sampleEvent('left-1', 'Left', 'ana'), sampleEvent('left-2', 'Left', 'ben')];
    await api.call({ method: 'POST', url: '/v1/events', key, body: { events } });
    const begun = await api.call({
      method: 'POST',
      url: '/v1/bulk-operations',
      cookie: gone.cookie,
      body: { kind: 'cancel', reason: 'They left', runs: { filter: { journey: 'left' } } },
    });
    expect(begun).toMatchObject({ status: 202, json: { total: 2 } });

    expect((await change(gone.memberId, { disabled: true })).status).toBe(200);
    const views = { url: '/v1/views?page=runs', cookie: gone.cookie };
    expect((await api.call(views)).status).toBe(401);
    const signIn = { method: 'POST', url: new URL(String(link.json['url'])).pathname } as const;
    const used = await api.call({ ...signIn, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([used.status, used.headers['set-cookie']]).toEqual([404, undefined]);
    const operation = { url: `/v1/bulk-operations/${String(begun.json['id'])}`, cookie: boss.cookie };
    await expect.poll(() => api.call(operation).then(({ json }) => json)).toMatchObject({ state: 'done', done: 2 });

    await change(gone.memberId, { disabled: false });
    const again = await api.call({
      method: 'POST',
      url: `/v1/members/${gone.memberId}/sign-in-links`,
      cookie: boss.cookie,
    });
    const entered = await api.call({
      method: 'POST',
      url: new URL(String(again.json['url'])).pathname,
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    const cookie = String([entered.headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
    expect((await api.call({ ...views, cookie })).json['items']).toMatchObject([{ name: 'Failed' }]);
  });
});
