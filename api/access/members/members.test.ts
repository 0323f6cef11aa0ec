import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestCall } from '../../../test/support/caller.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

describe('/v1/members', () => {
  const { api } = useTestApi();
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
