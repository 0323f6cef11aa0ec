import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/support/api.ts';
import type { Answer } from '../../test/support/caller.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { mailedJourney } from '../../test/support/journeys.ts';
import { startTestWork, type TestWork } from '../../test/support/worker.ts';
import { kysely } from '../../platform/db/core/kysely.ts';
import { findResetPerson } from '../../platform/db/access/password-resets.ts';
import { createLogger } from '../../platform/log.ts';
import { mailTestsOnce } from './test-mails.ts';

describe('a mail that a person sends to themselves to see it (issue 14 §4)', () => {
  let database: TestDatabase;
  let api: TestApi;
  let test: TestWork;
  let key: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    api = await createTestApi(database);
    test = await startTestWork(database);
    key = await api.key(['journeys:read', 'journeys:write', 'audit:read']);
    const definition = mailedJourney('mailed');
    await api.call({ method: 'PUT', url: '/v1/journeys/mailed', key, body: { definition } });
  });
  afterAll(async () => {
    await test?.stop();
    await api?.stop();
    await database?.stop();
  });

  const ask = (as: { cookie: string } | { key: string }, step = 'hello'): Promise<Answer> =>
    api.call({ method: 'POST', url: '/v1/journeys/mailed/simulate/tests', body: { of: { step } }, ...as });
  const log = createLogger({ name: 'test', level: 'silent' });
  /** @returns how many tests the pass took */
  const pass = (): Promise<number> =>
    mailTestsOnce({ db: database.system, mailTest: (asked) => test.work.mailTest(asked), log });
  const mailsTo = async (email: string) =>
    (await test.doubles.control.mails()).filter((mail) => mail.to.includes(email));
  const rows = () => kysely(database.system).selectFrom('test_mail').selectAll().orderBy('id').execute();
  const dueNow = () =>
    kysely(database.system)
      .updateTable('test_mail')
      .set({ mail_at: new Date() })
      .where('mail_at', 'is not', null)
      .execute();

  it('goes to their own address alone, says that it is a test, acts nowhere, is no mail of a person, and is in the audit log', async () => {
    const viewer = await api.member(['viewer']);
    expect(await ask(viewer)).toMatchObject({ status: 202, json: { to: viewer.email } });
    expect([await pass(), await pass()]).toEqual([1, 0]);
    const mails = await test.doubles.control.mails();
    expect(mails).toMatchObject([{ to: [viewer.email], subject: '[Test] Hello', text: 'Dear sample, look' }]);
    expect(mails[0]?.html).toContain('<strong>sample</strong>, <a>look</a>');
    const noted = await kysely(database.system).selectFrom('mail').selectAll().execute();
    const effects = await kysely(database.system).selectFrom('effect').selectAll().execute();
    expect([noted, effects]).toEqual([[], []]);
    expect(await rows()).toMatchObject([{ words: null, mail_at: null }]);
    const audit = await api.call({ url: '/v1/audit?limit=1', key });
    expect(audit.json['items']).toMatchObject([{ act: 'mail.tested', detail: { slug: 'mailed', step: 'hello' } }]);
  });

  it('goes to a person who is invited, once, and lets nobody in by itself (dashboard F13, Invite a member)', async () => {
    const admin = await api.member(['admin']);
    const person = { email: 'ny@example.test', name: 'Ny', roles: ['viewer'] };
    const invite = () => api.call({ method: 'POST', url: '/v1/members', cookie: admin.cookie, body: person });
    expect(await invite()).toMatchObject({ status: 201 });
    expect(await invite()).toMatchObject({ status: 409 });
    expect([await pass(), await pass()]).toEqual([1, 0]);
    const mails = await mailsTo(person.email);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toMatch(/Hello Ny,\s+.* has made you a member of /);
    expect(mails[0]?.html).toMatch(/href="[^"]+\/sign-in"/);
    // What it tells them to do there brings them a link.
    expect(await findResetPerson(database.app, person.email)).toMatchObject({ email: person.email });
  });

  it('is sent to no key, and none where the step sends no mail', async () => {
    expect(await ask({ key })).toMatchObject({ status: 403, json: { code: 'auth.forbidden' } });
    expect(await ask(await api.member(['viewer']), 'check')).toMatchObject({
      status: 404,
      json: { code: 'message.notFound' },
    });
  });

  it('is sent twenty times an hour to one person, also when they are asked for at once', async () => {
    const busy = await api.member(['viewer']);
    const answers = await Promise.all(Array.from({ length: 22 }, () => ask(busy)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toMatchObject({ code: 'testMail.tooMany', detail: expect.stringContaining('20 tests') });
    expect(refused?.headers['retry-after']).toBe('600');
    expect((await ask(await api.member(['viewer']))).status).toBe(202);
    expect([await pass(), await pass(), await pass()]).toEqual([10, 10, 1]);
    expect(await mailsTo(busy.email)).toHaveLength(20);
  });

  it('is sent again where the mail server said later, before or after the bytes, never twice, and given up after a while', async () => {
    const patient = await api.member(['viewer']);
    for (const at of ['rcpt', 'dot'] as const)
      await test.doubles.control.addFault({ service: 'mail', fault: 'reply', at, code: 451, count: 1 });
    await ask(patient);
    for (const _ of [1, 2, 3]) {
      expect([await pass(), await pass()]).toEqual([1, 0]);
      await dueNow();
    }
    expect(await pass()).toBe(0);
    expect(await mailsTo(patient.email)).toHaveLength(1);
    await ask(patient);
    await kysely(database.system)
      .updateTable('test_mail')
      .set({ asked_at: new Date(Date.now() - 11 * 60_000) })
      .where('mail_at', 'is not', null)
      .execute();
    expect([await pass(), (await rows()).at(-1)]).toMatchObject([0, { words: null }]);
  });
});
