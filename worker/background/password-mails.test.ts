import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/support/api.ts';
import type { Answer } from '../../test/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { startTestWork, type TestWork } from '../../test/support/worker.ts';
import { ensureMember } from '../../platform/db/access/provisioning.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { createLogger } from '../../platform/log.ts';
import { mailPasswordsOnce } from './password-mails.ts';

describe('a new password by mail (security 9)', () => {
  let database: TestDatabase;
  let api: TestApi;
  let test: TestWork;
  beforeAll(async () => {
    database = await createTestDatabase();
    api = await createTestApi(database, { TRUSTED_PROXIES: ['127.0.0.1'] });
    test = await startTestWork(database);
  });
  afterAll(async () => {
    await test?.stop();
    await api?.stop();
    await database?.stop();
  });

  const password = 'harbour lamp seven geese';
  const ask = (email: string, from = '192.0.2.1'): Promise<Answer> =>
    api.call({
      method: 'POST',
      url: '/v1/session/password-reset',
      body: { email },
      headers: { 'x-forwarded-for': from },
    });
  const form = (url: string, fields: Record<string, string>): Promise<Answer> =>
    api.call({
      method: 'POST',
      url,
      raw: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    });
  const signIn = async (email: string, word: string): Promise<number> =>
    (await api.call({ method: 'POST', url: '/v1/session', body: { email, password: word } })).status;
  const person = (name: string): Promise<string> =>
    ensureMember(api.owner, {
      workspaceId: database.workspaceId,
      email: `${name}@example.com`,
      name,
      roles: ['viewer'],
    });
  const log = createLogger({ name: 'test', level: 'silent' });
  /** @returns how many requests the pass took */
  const pass = (): Promise<number> =>
    mailPasswordsOnce({ db: database.system, mailPasswordReset: (asked) => test.work.mailPasswordReset(asked), log });
  const mailsTo = async (email: string) =>
    (await test.doubles.control.mails()).filter((mail) => mail.to.includes(email));
  const linkIn = (text = ''): string => /\/reset-password\/[\w-]{43}/.exec(text)?.[0] ?? 'no link';
  /** The link of a mail for a new password to a person of that name. */
  async function linkFor(name: string): Promise<string> {
    const before = (await mailsTo(`${name}@example.com`)).length;
    await ask(`${name}@example.com`);
    await pass();
    return linkIn((await mailsTo(`${name}@example.com`))[before]?.text);
  }
  const waiting = () => kysely(database.system).selectFrom('password_reset').selectAll().execute();
  const dueNow = () => kysely(database.system).updateTable('password_reset').set({ mail_at: new Date() }).execute();

  it('is set by the link of a mail, once, which ends every session and other link', async () => {
    const memberId = await person('ana');
    const first = await linkFor('ana');
    expect((await form(first, { password })).status).toBe(303);
    const session = await api.call({
      method: 'POST',
      url: '/v1/session',
      body: { email: 'ana@example.com', password },
    });
    const cookie = String([session.headers['set-cookie'] ?? ''].flat()[0]).split(';')[0] ?? '';

    const [link, other] = [await linkFor('ana'), await linkFor('ana')];
    const shown = await api.call({ url: link });
    expect([shown.status, shown.text.includes('Set a new password for ana')]).toEqual([200, true]);
    const common = await form(link, { password: 'password1234' });
    expect([common.status, common.text.includes('guessed first')]).toEqual([422, true]);
    expect((await form(link, { password: 'short' })).status).toBe(422);
    expect((await api.call({ url: '/v1/session', cookie })).status).toBe(200);

    const next = 'another harbour, more geese';
    const both = await Promise.all([form(link, { password: next }), form(link, { password: `${next} still` })]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([303, 404]));
    expect((await api.call({ url: '/v1/session', cookie })).status).toBe(401);
    expect((await api.call({ url: link })).status).toBe(404);
    expect((await form(other, { password: next })).status).toBe(404);
    expect(await signIn('ana@example.com', password)).toBe(401);

    const audit = await kysely(database.system)
      .selectFrom('audit_entry')
      .select(['act', 'detail'])
      .where('subject_id', '=', memberId)
      .where('act', 'like', 'password.%')
      .orderBy('id')
      .execute();
    expect(audit.map(({ act }) => act)).toEqual([
      'password.resetMailed',
      'password.reset',
      'password.resetMailed',
      'password.resetMailed',
      'password.reset',
    ]);
    expect(audit[0]?.detail).toEqual({ from: '192.0.2.1' });
  });

  it('is answered alike for an address that nobody has, and for a member who is disabled; they get no mail', async () => {
    const memberId = await person('dis');
    const old = await linkFor('dis');
    await kysely(database.system)
      .updateTable('member')
      .set({ disabled_at: new Date() })
      .where('id', '=', memberId)
      .execute();
    await person('bo');
    const answers = [];
    for (const email of ['bo@example.com', 'nobody@example.com', 'dis@example.com']) answers.push(await ask(email));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array.from({ length: 3 }, () => [204, '']));
    expect(await pass()).toBe(3);
    expect(await waiting()).toEqual([]);
    expect(await mailsTo('bo@example.com')).toHaveLength(1);
    expect(await mailsTo('nobody@example.com')).toEqual([]);
    expect(await mailsTo('dis@example.com')).toHaveLength(1);
    expect((await form(old, { password })).status).toBe(404);
  });

  it('goes to the stored address, however the address was typed', async () => {
    await person('kim');
    await ask('KIM@Example.com');
    await pass();
    expect(await mailsTo('kim@example.com')).toHaveLength(1);
    expect(await mailsTo('KIM@Example.com')).toEqual([]);
  });

  it('is no link to sign in with, and ends after half an hour', async () => {
    await person('eve');
    const link = await linkFor('eve');
    const token = link.split('/').at(-1) ?? '';
    expect((await form(`/sign-in/${token}`, {})).status).toBe(404);
    const { expires_at: end } = await kysely(database.system)
      .selectFrom('sign_in_link')
      .select('expires_at')
      .where('purpose', '=', 'passwordReset')
      .orderBy('expires_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(end.getTime()).toBeLessThanOrEqual(Date.now() + 30 * 60_000);
    await kysely(database.system).updateTable('sign_in_link').set({ expires_at: new Date() }).execute();
    expect((await api.call({ url: link })).status).toBe(404);
    expect((await form(link, { password })).status).toBe(404);
  });

  it('is mailed again where the mail server said later, before or after the bytes, and never twice', async () => {
    await person('fay');
    for (const at of ['rcpt', 'dot'] as const)
      await test.doubles.control.addFault({ service: 'mail', fault: 'reply', at, code: 451, count: 1 });
    await ask('fay@example.com');
    for (const left of [1, 1, 0]) {
      expect([await pass(), await waiting()]).toMatchObject([1, { length: left }]);
      expect(await pass()).toBe(0);
      await dueNow();
    }
    const mails = await mailsTo('fay@example.com');
    expect(mails).toHaveLength(1);
    expect((await form(linkIn(mails[0]?.text), { password })).status).toBe(303);
  });

  it('fills no mailbox: a person has three links at a time, and an address asks ten times for one account', async () => {
    await person('gus');
    for (let n = 0; n < 10; n += 1) expect((await ask('gus@example.com', '203.0.113.9')).status).toBe(204);
    expect(await ask('gus@example.com', '203.0.113.9')).toMatchObject({
      status: 429,
      json: { code: 'session.throttled' },
    });
    for (let n = 0; n < 11; n += 1)
      expect((await ask('not-here@example.com', '203.0.113.10')).status).toBe(n < 10 ? 204 : 429);
    expect((await ask('gus@example.com', '203.0.113.11')).status).toBe(204);
    for (let n = 0; n < 3; n += 1) await pass();
    expect((await mailsTo('gus@example.com')).length).toBe(3);
    expect(await waiting()).toEqual([]);
  });

  it('proves an address: memberships that were made for it come together, and what was open before ends (security 12)', async () => {
    const elsewhere = await database.addWorkspace();
    const email = 'ida@example.com';
    await ensureMember(api.owner, { workspaceId: elsewhere, email, name: 'ida', roles: ['admin'] });
    const admin = await api.member(['admin']);
    const by = { method: 'POST', cookie: admin.cookie } as const;
    const invited = await api.call({ ...by, url: '/v1/members', body: { email, name: 'Ida', roles: ['viewer'] } });
    const made = await api.call({ ...by, url: `/v1/members/${String(invited.json['id'])}/sign-in-links` });
    const used = await form(new URL(String(made.json['url'])).pathname, {});
    const cookie = String([used.headers['set-cookie'] ?? ''].flat()[0]).split(';')[0] ?? '';
    expect((await api.call({ url: '/v1/session', cookie })).status).toBe(200);

    const set = await form(await linkFor('ida'), { password });
    expect(set.status).toBe(303);
    expect((await api.call({ url: '/v1/session', cookie })).status).toBe(401);
    const own = String([set.headers['set-cookie'] ?? ''].flat()[0]).split(';')[0] ?? '';
    const { json } = await api.call({ url: '/v1/workspaces', cookie: own });
    expect(new Set((json['items'] as { id: string }[]).map(({ id }) => id))).toEqual(
      new Set([elsewhere, database.workspaceId]),
    );
    const link = await api.call({ ...by, url: `/v1/members/${String(invited.json['id'])}/sign-in-links` });
    expect(link).toMatchObject({ status: 409, json: { code: 'member.noLink' } });
  });
});
