import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '../../test/support/caller.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';
import { createWorkspace, linkMember } from './access-commands.ts';

describe('what the operator does about people', () => {
  const { database, api } = useTestApi();
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  /** What a command prints, run with the settings of this database. */
  async function printed(command: () => Promise<void>): Promise<string> {
    for (const name of ['DATABASE_URL', 'THROUGHLINE_KEY'] as const) vi.stubEnv(name, database.config[name]);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await command();
    return write.mock.calls.map(([text]) => String(text)).join('');
  }
  const cookieOf = (answer: Answer): string => String([answer.headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
  const use = (link: string): Promise<Answer> =>
    api.call({ method: 'POST', url: new URL(link.trim()).pathname, headers: { 'sec-fetch-site': 'same-origin' } });
  const statusOf = async (cookie: string): Promise<number> => (await api.call({ url: '/v1/session', cookie })).status;
  const signIn = (email: string, password: string): Promise<Answer> =>
    api.call({ method: 'POST', url: '/v1/session', body: { email, password } });

  it('lets a person in whom no admin can let in any more (security 9)', async () => {
    const { email } = await api.member(['admin']);
    const link = await printed(() => linkMember(email.toUpperCase(), null));
    expect(await statusOf(cookieOf(await use(link)))).toBe(200);
    await expect(printed(() => linkMember('nobody@example.com', null))).rejects.toThrow('No member has the address');
  });

  it('makes a workspace whose first admin begins anew, also where another admin knows their password (security 12)', async () => {
    const { email, cookie } = await api.member(['viewer']);
    const password = 'known to the admin of alpha';
    const body = { next: password };
    expect((await api.call({ method: 'PUT', url: '/v1/session/password', cookie, body })).status).toBe(204);
    const link = await printed(() => createWorkspace('beta', { admin: email }));
    expect([await statusOf(cookie), (await signIn(email, password)).status]).toEqual([401, 401]);
    const session = await api.call({ url: '/v1/session', cookie: cookieOf(await use(link)) });
    expect(session.json).toMatchObject({ workspace: { slug: 'beta' }, roles: ['admin'] });

    await expect(printed(() => createWorkspace('beta', { admin: email }))).rejects.toThrow('There is a workspace beta');
    await expect(printed(() => createWorkspace('Not a slug', { admin: email }))).rejects.toThrow('lower-case letters');
    await expect(printed(() => linkMember(email, null))).rejects.toThrow('Say --workspace with one of beta');
    expect(await printed(() => linkMember(email, 'beta'))).toContain('/sign-in/');
  });
});
