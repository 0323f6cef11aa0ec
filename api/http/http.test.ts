import { beforeAll, describe, expect, it } from 'vitest';
import { createTestApi } from '../../test/support/api.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

describe('the conventions of the API', () => {
  const { database, api } = useTestApi();
  let key: string;
  let admin: { cookie: string };
  beforeAll(async () => {
    key = await api.key(['keys:read']);
    admin = await api.member(['admin']);
  });

  it('tells a key who it is', async () => {
    const answer = await api.call({ url: '/v1/session', key });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ actor: { kind: 'apiKey' }, permissions: ['keys:read'], roles: [] });
    expect(answer.headers['ratelimit-limit']).toBe('12000');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('looks up a bounded number of keys that nobody has, before anything else is counted', async () => {
    const strict = await createTestApi(database, { API_RATE_PER_MINUTE: 3 });
    const known = await strict.key(['keys:read']);
    expect((await strict.call({ url: '/v1/session', key: known })).status).toBe(200);
    const guess = (at: number) => strict.call({ url: '/v1/session', key: `tl_${String(at).repeat(43)}` });
    for (const at of [1, 2, 3]) expect((await guess(at)).status).toBe(401);
    const refused = await guess(4);
    expect([refused.status, refused.json['detail']]).toEqual([429, 'Too many unknown keys; wait, then go on']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    // Who is known already goes on.
    expect((await strict.call({ url: '/v1/session', key: known })).status).toBe(200);
    await strict.stop();
  });

  it.each([
    ['without credentials', {}, 401, 'auth.required'],
    ['with a key nobody made', { key: `tl_${'x'.repeat(43)}` }, 401, 'auth.required'],
    ['by HEAD without credentials', { method: 'HEAD' as const }, 401, undefined],
    ['with an encoded path', { url: '/v1/%73ession' }, 401, 'auth.required'],
    ['with a double slash', { url: '//v1/session' }, 404, 'path.notFound'],
  ])('refuses a call %s', async (_name, call, status, code) => {
    const answer = await api.call({ url: '/v1/session', ...call });
    expect(answer.status).toBe(status);
    expect(answer.json['code']).toBe(code);
  });

  it('refuses a key without the right, naming it', async () => {
    const answer = await api.call({
      method: 'POST',
      url: '/v1/api-keys',
      key,
      body: { name: 'x', scopes: ['runs:read'] },
    });
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject({ code: 'auth.forbidden', needs: 'keys:write' });
  });

  it.each([
    ['no sign of where it comes from', { 'sec-fetch-site': '' }, 403],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sister site', { 'sec-fetch-site': 'same-site' }, 403],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, 201],
  ])('answers a change by cookie with %s', async (_name, headers, status) => {
    const answer = await api.call({
      method: 'POST',
      url: '/v1/api-keys',
      cookie: admin.cookie,
      headers,
      body: { name: 'x', scopes: ['runs:read'] },
    });
    expect(answer.status).toBe(status);
  });

  const post = { method: 'POST' as const, url: '/v1/api-keys' };
  it.each([
    ['broken JSON', { raw: '{"name":', headers: { 'content-type': 'application/json' } }, 400, 'request.malformed'],
    ['an empty body', {}, 422, 'request.invalid'],
    ['a body that is no object', { body: [1] }, 422, 'request.invalid'],
    ['another media type', { raw: 'a', headers: { 'content-type': 'text/csv' } }, 415, 'request.mediaType'],
    ['a NUL', { body: { name: 'a\0b', scopes: ['runs:read'] } }, 422, 'request.invalid'],
    [
      'half a surrogate pair',
      { raw: '{"name":"\\ud800","scopes":["runs:read"]}', headers: { 'content-type': 'application/json' } },
      422,
      'request.invalid',
    ],
    [
      'a prototype',
      { raw: '{"__proto__":{"a":1}}', headers: { 'content-type': 'application/json' } },
      400,
      'request.malformed',
    ],
    [
      'deep nesting',
      { raw: '['.repeat(50_000) + ']'.repeat(50_000), headers: { 'content-type': 'application/json' } },
      422,
      'request.invalid',
    ],
    [
      '5 MB',
      { raw: JSON.stringify({ name: 'x'.repeat(5_000_000) }), headers: { 'content-type': 'application/json' } },
      413,
      'request.tooLarge',
    ],
  ])('refuses %s', async (_name, call, status, code) => {
    const answer = await api.call({ ...post, cookie: admin.cookie, ...call });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ status, code, requestId: answer.headers['x-request-id'] });
    expect(answer.text).not.toMatch(/\bat .*\.[jt]s:/);
  });

  it('names an unknown field with its path', async () => {
    const answer = await api.call({
      ...post,
      cookie: admin.cookie,
      body: { name: 'x', scopes: ['runs:read'], colour: 1 },
    });
    expect(answer.status).toBe(422);
    expect(answer.json['errors']).toEqual([
      { path: 'colour', code: 'field.unknown', message: 'unknown field "colour"' },
    ]);
  });

  it('names at most fifty of what is wrong, and reads little of a caller whom it does not know (security 4)', async () => {
    const unknown = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, index]));
    const known = await api.call({ ...post, cookie: admin.cookie, body: unknown(5_000) });
    expect([known.status, known.json['errors']]).toEqual([422, expect.objectContaining({ length: 50 })]);
    const session = { method: 'POST', url: '/v1/session' } as const;
    expect((await api.call({ ...session, body: unknown(50_000) })).status).toBe(413);
    const few = await api.call({ ...session, body: unknown(1_000) });
    expect([few.status, few.text.length < 10_000]).toEqual([422, true]);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const fields = 'a=1&'.repeat(100_000);
    expect((await api.call({ method: 'POST', url: '/u/x.y', raw: fields, headers: form })).status).toBe(413);
    expect((await api.call({ ...post, raw: '{', headers: { 'content-type': 'application/json' } })).status).toBe(401);
  });

  it('tells a wrong method from a wrong path, and takes JSON alone (security 17)', async () => {
    const wrong = await api.call({ method: 'DELETE', url: '/v1/api-keys', cookie: admin.cookie });
    expect(wrong).toMatchObject({
      status: 405,
      json: { code: 'method.notAllowed' },
      headers: { allow: 'GET, HEAD, POST' },
    });
    expect((await api.call({ method: 'PUT', url: '/v1/nothing', cookie: admin.cookie })).status).toBe(404);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await api.call({ ...post, cookie: admin.cookie, raw: 'a=1', headers: { 'content-type': type } });
      expect([type, answer.status, answer.json['code']]).toEqual([type, 415, 'request.mediaType']);
    }
  });

  it('lets nobody keep an answer, however its address is spelled (security 17, middie #245)', async () => {
    for (const url of ['/v1/session', '/%761/session', '/v1/%73ession'])
      expect((await api.call({ url, key })).headers['cache-control']).toBe('no-store');
  });

  it('gives the answer of an idempotency key to no other caller (security 17)', async () => {
    const [first, second] = [await api.member(['admin']), await api.member(['admin'])];
    const invite = (cookie: string) =>
      api.call({
        method: 'POST',
        url: '/v1/members',
        cookie,
        headers: { 'idempotency-key': 'invite-once' },
        body: { email: 'once@example.com', name: 'Once', roles: ['viewer'] },
      });
    const made = await invite(first.cookie);
    expect(made.status).toBe(201);
    expect(await invite(first.cookie)).toMatchObject({ status: 201, json: made.json });
    expect(await invite(second.cookie)).toMatchObject({ status: 422, json: { code: 'idempotency.mismatch' } });
  });

  it('pages by keyset and refuses a cursor that it did not give', async () => {
    const workspaceId = await database.addWorkspace();
    const reader = await api.key(['keys:read'], workspaceId);
    for (let n = 0; n < 4; n += 1) await api.key(['runs:read'], workspaceId);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await api.call({ url: `/v1/api-keys?limit=2${cursor && `&cursor=${cursor}`}`, key: reader });
      expect(page.status).toBe(200);
      seen.push(...(page.json['items'] as { id: string }[]).map((item) => item.id));
      cursor = (page.json['nextCursor'] as string | null) ?? '';
    } while (cursor);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual(seen.toSorted().toReversed());
    for (const wrong of ['nonsense', btoa('["x"]'), btoa('{}'), '%00']) {
      const answer = await api.call({ url: `/v1/api-keys?cursor=${wrong}`, key: reader });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }
    expect((await api.call({ url: '/v1/api-keys?limit=0', key: reader })).status).toBe(400);
    expect((await api.call({ url: '/v1/api-keys?colour=1', key: reader })).status).toBe(400);
  });

  it('counts calls for each caller and says when to come back', async () => {
    const small = await createTestApi(database, { API_RATE_PER_MINUTE: 3 });
    try {
      const answers = [];
      for (let n = 0; n < 5; n += 1) answers.push(await small.call({ url: '/v1/session', key }));
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429, 429]);
      expect(answers[4]?.json['code']).toBe('rate.limited');
      expect(Number(answers[4]?.headers['retry-after'])).toBeGreaterThan(0);
      expect(answers[1]?.headers['ratelimit-remaining']).toBe('1');
    } finally {
      await small.stop();
    }
  });
});
