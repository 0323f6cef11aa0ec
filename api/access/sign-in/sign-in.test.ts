import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../test/support/caller.ts';
import { createTestApi } from '../../../test/support/api.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';
import { createSetupLink } from '../../../platform/db/access/provisioning.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';

const password = 'a long password for a test';

describe('setting up and signing in', () => {
  const { database, api } = useTestApi({ TRUSTED_PROXIES: ['127.0.0.1'] });

  /** Sends a form as a browser on our own page does. */
  const form = (url: string, fields: Record<string, string>): Promise<Answer> =>
    api.call({
      method: 'POST',
      url,
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    });
  const cookieOf = (answer: Answer): string =>
    String([answer.headers['set-cookie'] ?? ''].flat()[0]).split(';')[0] ?? '';
  const ana = { workspaceName: 'Acme', workspaceSlug: 'acme', name: 'Ana', email: 'ana@example.com', password };
  const signIn = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
    api.call({ method: 'POST', url: '/v1/session', body, headers });

  it('a setup link makes the first admin, once, and is refused ever after', async () => {
    const token = (await createSetupLink(api.owner)) ?? '';
    const other = (await createSetupLink(api.owner)) ?? '';
    expect((await api.call({ url: `/setup/${token}` })).text).toContain('Set up Throughline');
    const short = await form(`/setup/${token}`, { ...ana, password: 'short' });
    expect(short.status).toBe(422);
    expect(short.text).toContain('The password needs 12 to 200 characters');
    expect(short.text).toContain('value="ana@example.com"');
    expect(short.text).not.toContain('value="short"');
    const { slug } = await kysely(database.system).selectFrom('workspace').select('slug').executeTakeFirstOrThrow();
    const taken = await form(`/setup/${token}`, { ...ana, workspaceSlug: slug });
    expect([taken.status, taken.text.includes('choose another one')]).toEqual([409, true]);

    const made = await Promise.all([
      form(`/setup/${token}`, ana),
      form(`/setup/${other}`, { ...ana, workspaceSlug: 'b' }),
    ]);
    expect(new Set(made.map((answer) => answer.status))).toEqual(new Set([303, 409]));
    const winner = made.find((answer) => answer.status === 303);
    const session = await api.call({ url: '/v1/session', cookie: cookieOf(winner as Answer) });
    expect(session.json).toMatchObject({ roles: ['admin'], actor: { name: 'Ana' } });
    expect((await api.call({ url: `/setup/${other}` })).status).toBe(404);
    expect(await createSetupLink(api.owner)).toBeNull();
  });

  it('opens a new session at each sign-in, and none for a wrong password or an unknown address', async () => {
    const first = await signIn({ email: 'ANA@example.com', password });
    const second = await signIn({ email: ana.email, password });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(cookieOf(first)).not.toBe(cookieOf(second));
    expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly/i);
    expect(String(first.headers['set-cookie'])).toMatch(/SameSite=Lax/i);
    for (const body of [
      { email: ana.email, password: 'another long password' },
      { email: 'nobody@example.com', password },
    ]) {
      expect(await signIn(body)).toMatchObject({ status: 401, json: { code: 'session.refused' } });
    }
    const out = await api.call({ method: 'DELETE', url: '/v1/session', cookie: cookieOf(first) });
    expect(out.status).toBe(204);
    expect((await api.call({ url: '/v1/session', cookie: cookieOf(first) })).status).toBe(401);
    expect((await api.call({ url: '/v1/session', cookie: cookieOf(second) })).status).toBe(200);
  });

  it('refuses state changes that come from another site, and takes reads', async () => {
    const cookie = cookieOf(await signIn({ email: ana.email, password }));
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none', origin: 'https://evil.example' },
      { 'sec-fetch-site': '', origin: 'null' },
    ]) {
      const answer = await api.call({
        method: 'POST',
        url: '/v1/api-keys',
        cookie,
        headers,
        body: { name: 'x', scopes: ['runs:read'] },
      });
      expect([answer.status, headers]).toEqual([403, headers]);
    }
    expect((await api.call({ url: '/v1/session', cookie, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(
      200,
    );
    expect((await signIn({ email: ana.email, password }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  /** A sign-in that comes from `address`, through the proxy that the API trusts. */
  const from = (address: string, body: object): Promise<Answer> => signIn(body, { 'x-forwarded-for': address });

  it('pauses for an account after ten wrong passwords from one address, and for nobody elsewhere (security 8)', async () => {
    const wrong = { email: ana.email, password: 'another long password' };
    const right = { email: ana.email, password };
    const attacker = '203.0.113.5';
    for (let tries = 0; tries < 10; tries += 1) expect((await from(attacker, wrong)).status).toBe(401);
    expect(await from(attacker, right)).toMatchObject({ status: 429, json: { code: 'session.throttled' } });
    expect((await from('198.51.100.7', right)).status).toBe(201);
    // A refused one is not counted, so that nobody is kept out for good by asking on.
    const counted = await kysely(database.system)
      .selectFrom('sign_in_attempt')
      .select((of) => of.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    await from(attacker, right);
    expect(
      await kysely(database.system)
        .selectFrom('sign_in_attempt')
        .select((of) => of.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow(),
    ).toEqual(counted);
  });

  it('counts all of an IPv6 network as one address, whichever of them a caller comes from (express-rate-limit #502)', async () => {
    const wrong = { email: ana.email, password: 'another long password' };
    const right = { email: ana.email, password };
    for (let tries = 1; tries <= 10; tries += 1) expect((await from(`2001:db8:7:1::${tries}`, wrong)).status).toBe(401);
    expect(await from('2001:db8:7:1::ffff', right)).toMatchObject({ status: 429, json: { code: 'session.throttled' } });
    expect((await from('2001:db8:8::1', right)).status).toBe(201);
  });

  it('counts no sign-in that succeeds: an office signs in from one address', async () => {
    for (let tries = 0; tries < 60; tries += 1)
      expect((await from('192.0.2.9', { email: ana.email, password })).status).toBe(201);
  });

  it('takes nobody at their word who comes without the proxy', async () => {
    const untrusted = await createTestApi(database, { TRUSTED_PROXIES: [] });
    const asked = { method: 'POST', url: '/v1/session', headers: { 'x-forwarded-for': '203.0.113.77' } } as const;
    const wrong = { email: 'untrusted@example.com', password };
    for (let tries = 0; tries < 10; tries += 1)
      expect((await untrusted.call({ ...asked, body: wrong })).status).toBe(401);
    const other = { ...asked, headers: { 'x-forwarded-for': '203.0.113.78' } };
    expect((await untrusted.call({ ...other, body: wrong })).status).toBe(429);
    await untrusted.stop();
  });

  it('looks at ten wrong passwords of a session that changes its own', async () => {
    const cookie = cookieOf(await from('192.0.2.10', { email: ana.email, password }));
    const set = (current: string): Promise<Answer> =>
      api.call({ method: 'PUT', url: '/v1/session/password', cookie, body: { current, next: 'yet another long one' } });
    for (let tries = 0; tries < 10; tries += 1) expect((await set('wrong')).status).toBe(422);
    expect(await set(password)).toMatchObject({ status: 429, json: { code: 'session.throttled' } });
  });
});
