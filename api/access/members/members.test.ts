import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestCall } from '../../../test/support/caller.ts';
import { ensureMember } from '../../../platform/db/access/provisioning.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

describe('/v1/members', () => {
  const { api, database } = useTestApi();
  let admin: { memberId: string; cookie: string };
  beforeAll(async () => {
    admin = await api.member(['admin']);
  });

  const call = (method: TestCall['method'], path: string, body?: unknown): Promise<Answer> =>
    api.call({
      ...(method ? { method } : {}),
      url: `/v1/members${path}`,
      cookie: admin.cookie,
      ...(body === undefined ? {} : { body }),
    });

  it('invites a person once, who signs in by a link that an admin passes on', async () => {
    const bo = { email: 'bo@example.com', name: 'Bo', roles: ['designer'] };
    const made = await call('POST', '', bo);
    expect(made).toMatchObject({ status: 201, json: { name: 'Bo', roles: ['designer'], disabledAt: null } });
    expect(await call('POST', '', bo)).toMatchObject({ status: 409, json: { code: 'member.known' } });
    const link = await call('POST', `/${String(made.json['id'])}/sign-in-links`);
    const path = new URL(String(link.json['url'])).pathname;
    const use = (): Promise<Answer> =>
      api.call({ method: 'POST', url: path, headers: { 'sec-fetch-site': 'same-origin' } });
    const used = await use();
    const cookie = String([used.headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
    expect((await api.call({ url: '/v1/session', cookie })).json).toMatchObject({ roles: ['designer'] });
    expect((await use()).status).toBe(404);
    expect((await api.call({ method: 'POST', url: '/v1/members', cookie, body: bo })).status).toBe(403);
  });

  it('answers alike for an address that another workspace knows, and joins nobody to it (security 12)', async () => {
    const workspaceId = await database.addWorkspace();
    const known = { email: 'ceo@gamma.example', name: 'Cy' };
    await ensureMember(api.owner, { workspaceId, ...known, roles: ['admin'] });
    const shapes = [];
    for (const person of [known, { email: 'new@gamma.example', name: 'Ny' }]) {
      const made = await call('POST', '', { ...person, roles: ['viewer'] });
      expect(made).toMatchObject({ status: 201, json: person });
      const path = `/${String(made.json['id'])}`;
      const link = await call('POST', `${path}/sign-in-links`);
      const used = await api.call({
        method: 'POST',
        url: new URL(String(link.json['url'])).pathname,
        headers: { 'sec-fetch-site': 'same-origin' },
      });
      const cookie = String([used.headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
      const { json } = await api.call({ url: '/v1/workspaces', cookie });
      const again = await call('POST', '', { ...person, email: person.email.toUpperCase(), roles: ['viewer'] });
      const taken = await call('DELETE', `${path}/password`);
      shapes.push([
        link.status,
        used.status,
        (json['items'] as unknown[]).length,
        again.status,
        again.text.length,
        taken.status,
      ]);
      expect(json['items']).not.toContainEqual(expect.objectContaining({ id: workspaceId }));
    }
    expect(shapes[0]).toEqual(shapes[1]);
    expect(shapes[0]?.slice(0, 4)).toEqual([201, 303, 1, 409]);
  });

  it('takes a right away at once, and shuts a member out', async () => {
    const { memberId, cookie } = await api.member(['operator']);
    const mayResolve = async (): Promise<number> =>
      (
        await api.call({
          method: 'POST',
          url: '/v1/incidents/01a2123e-583c-76d6-bd67-495f488e6203/resolution',
          cookie,
          body: { note: 'x' },
        })
      ).status;
    expect(await mayResolve()).toBe(404);
    expect((await call('PATCH', `/${memberId}`, { roles: ['viewer'] })).json).toMatchObject({ roles: ['viewer'] });
    expect(await mayResolve()).toBe(403);
    expect((await call('PATCH', `/${memberId}`, { disabled: true })).json['disabledAt']).not.toBeNull();
    expect(await mayResolve()).toBe(401);
  });

  /** Signs in by a link that an admin makes. */
  const byLink = async (memberId: string): Promise<string> => {
    const link = await call('POST', `/${memberId}/sign-in-links`);
    const url = new URL(String(link.json['url'])).pathname;
    const used = await api.call({ method: 'POST', url, headers: { 'sec-fetch-site': 'same-origin' } });
    return String([used.headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
  };
  const setPassword = (cookie: string, body: object): Promise<Answer> =>
    api.call({ method: 'PUT', url: '/v1/session/password', cookie, body });
  const statusOf = async (cookie: string): Promise<number> => (await api.call({ url: '/v1/session', cookie })).status;

  it('gives a person a way back from a password that is forgotten, or known to others (security 9)', async () => {
    const { memberId, email } = await api.member(['viewer']);
    const first = await byLink(memberId);
    expect((await setPassword(first, { next: 'the first long word' })).status).toBe(204);
    // Once: from then on the session is one as any other.
    expect((await setPassword(first, { next: 'the second long word' })).status).toBe(422);
    const forgotten = await byLink(memberId);
    expect((await setPassword(forgotten, { next: 'the second long word' })).status).toBe(204);
    expect(await statusOf(first)).toBe(401);

    expect((await call('DELETE', `/${memberId}/password`)).status).toBe(204);
    expect(await statusOf(forgotten)).toBe(401);
    const body = { email, password: 'the second long word' };
    expect((await api.call({ method: 'POST', url: '/v1/session', body })).status).toBe(401);
    const key = await api.key(['members:write', 'members:read']);
    const byKey = { method: 'DELETE', url: `/v1/members/${memberId}/password`, key } as const;
    expect((await api.call(byKey)).status).toBe(403);
  });

  it('ends the sessions of a disabled member for good', async () => {
    const { memberId, cookie } = await api.member(['viewer']);
    await call('PATCH', `/${memberId}`, { disabled: true });
    await call('PATCH', `/${memberId}`, { disabled: false });
    expect(await statusOf(cookie)).toBe(401);
  });

  it('lets a key do no more than its maker may do now (security 13)', async () => {
    const maker = await api.member(['admin']);
    const body = { name: 'script', scopes: ['members:write', 'members:read', 'runs:read'] };
    const made = await api.call({ method: 'POST', url: '/v1/api-keys', cookie: maker.cookie, body });
    const key = String(made.json['secret']);
    expect(made.json['expiresAt']).not.toBeNull();
    const { memberId } = await api.member(['viewer']);
    const change = (id: string, to: object): Promise<Answer> =>
      api.call({ method: 'PATCH', url: `/v1/members/${id}`, key, body: to });
    expect((await change(memberId, { roles: ['designer'] })).status).toBe(200);
    expect((await change(memberId, { roles: ['admin'] })).status).toBe(403);
    expect((await change(admin.memberId, { disabled: true })).status).toBe(403);
    const invited = { email: 'cy@example.com', name: 'Cy', roles: ['admin'] };
    expect((await api.call({ method: 'POST', url: '/v1/members', key, body: invited })).status).toBe(403);

    // What ends with them is known before they are shut out.
    const left = await api.call({ url: `/v1/api-keys?createdBy=${maker.memberId}`, cookie: admin.cookie });
    expect(left.json['items']).toMatchObject([{ name: 'script', createdBy: maker.memberId }]);
    const none = await api.call({ url: `/v1/api-keys?createdBy=${memberId}`, cookie: admin.cookie });
    expect(none.json['items']).toEqual([]);

    await call('PATCH', `/${maker.memberId}`, { roles: ['viewer'] });
    expect((await api.call({ url: '/v1/session', key })).json).toMatchObject({
      permissions: ['runs:read', 'members:read'],
    });
    await call('PATCH', `/${maker.memberId}`, { disabled: true });
    expect((await api.call({ url: '/v1/session', key })).status).toBe(401);
  });

  it('keeps one admin, in any order and under concurrent requests', async () => {
    const second = await api.member(['admin']);
    const answers = await Promise.all([
      call('PATCH', `/${admin.memberId}`, { roles: ['viewer'] }),
      api.call({
        method: 'PATCH',
        url: `/v1/members/${second.memberId}`,
        cookie: second.cookie,
        body: { roles: ['viewer'] },
      }),
    ]);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 409]));
    expect(answers.find((answer) => answer.status === 409)?.json['code']).toBe('member.lastAdmin');
  });

  it('makes no link for a key: it could become an admin', async () => {
    const key = await api.key(['members:write', 'members:read']);
    const answer = await api.call({ method: 'POST', url: `/v1/members/${admin.memberId}/sign-in-links`, key });
    expect(answer.status).toBe(403);
  });
});
