import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCrmOf, type CrmOf } from '../../../activities/crm/crm-of-workspace.ts';
import type { CrmClient } from '../../../activities/providers/crm/crm-client.ts';
import { startDoubles } from '../../../local/control/doubles.ts';
import { openPaymentKeys } from '../../../platform/connections/payment-connection.ts';
import { createKeySource, type KeySource } from '../../../platform/db/keys/master-keys.ts';
import { kysely } from '../../../platform/db/core/kysely.ts';
import { inWorkspace } from '../../../platform/db/core/workspace.ts';
import { notePayment, settlePayment } from '../../../platform/db/courses/payments.ts';
import type { Answer } from '../../../test/support/caller.ts';
import { enroll, makeCourseRun } from '../../../test/support/courses.ts';
import { useTestApi } from '../../../test/support/use-test-api.ts';

const doubles = await startDoubles();
const url = '/v1/connections/crm';
const app = { clientId: 'id', clientSecret: 'very-secret-client', refreshToken: 'refresh-token-00001234' };
const hubspot = { kind: 'hubspotApp', ...app };
const salesforce = { kind: 'salesforceApp', instanceUrl: 'https://acme.my.salesforce.com/', ...app };

describe('a connection of a workspace', () => {
  const config = { STAND_INS: 'crm,payment', CRM_BASE_URL: doubles.urls.crm, STRIPE_BASE_URL: doubles.urls.payment };
  const { database, api } = useTestApi(config);
  let cookie: string;
  beforeAll(async () => {
    ({ cookie } = await api.member(['admin']));
  });
  afterAll(() => doubles.stop());

  const keys = (): KeySource => createKeySource(database.system, api.config);
  const put = (body: object, as: object = { cookie }): Promise<Answer> => api.call({ method: 'PUT', url, body, ...as });
  const test = async (): Promise<unknown> => (await api.call({ method: 'POST', url: `${url}/test`, cookie })).json;
  const list = async (): Promise<Answer> => api.call({ url: '/v1/connections', cookie });

  it('shows who set it and its last characters, and no secret in any answer or in the audit log', async () => {
    expect((await list()).json).toEqual({
      items: [{ service: 'crm', reportsTo: null, own: null }, expect.anything(), expect.anything()],
    });
    const made = await put(hubspot);
    expect(made.json).toMatchObject({ own: { kind: 'hubspotApp', endsWith: '1234', setBy: 'Test admin' } });
    const audit = await api.call({ url: '/v1/audit', cookie });
    expect(audit.text).toContain('secret.set');
    for (const { text } of [made, await list(), audit]) {
      expect(text).not.toContain('very-secret');
      expect(text).not.toContain('refresh-token');
    }
  });

  it('is tested by a real call, whose answer says what to do', async () => {
    await put(hubspot);
    expect(await test()).toMatchObject({ isWell: true });
    await put(salesforce);
    expect(await test()).toMatchObject({ isWell: true, message: expect.stringContaining('Salesforce takes the key') });
    await doubles.control.addFault({ service: 'crm', fault: 'revoked', count: 1 });
    expect(await test()).toMatchObject({
      isWell: false,
      message: expect.stringContaining('refuses the refresh token'),
    });
    await put({ kind: 'hubspotToken', token: 'pat-1' });
    for (const [status, words] of [
      [401, 'refuses the key'],
      [403, 'give its app that scope'],
      [404, 'needs a contact property throughline_id'],
      [503, 'try again later'],
    ] as const) {
      await doubles.control.addFault({ service: 'crm', fault: 'status', status, count: 1 });
      expect(await test()).toMatchObject({ isWell: false, message: expect.stringContaining(words) });
    }
  });

  it('is what the steps of its workspace write by, and of no other, until it is removed', async () => {
    const installation = { upsertContact: () => Promise.reject(new Error('not here')) } as unknown as CrmClient;
    const crmOf = createCrmOf({ db: database.app, keys: keys(), config, installation });
    const of = (workspaceId: string): Promise<CrmClient> =>
      inWorkspace(database.app, workspaceId, (tx) => crmOf(tx, workspaceId));
    await put(hubspot);
    const own = await of(database.workspaceId);
    expect(
      await own.upsertContact({ externalId: 'ana', email: null, properties: {}, idempotencyKey: 'k' }),
    ).toMatchObject({
      isNew: true,
    });
    expect(await of(database.workspaceId)).toBe(own);
    expect(await of(await database.addWorkspace())).toBe(installation);
    expect((await api.call({ method: 'DELETE', url, cookie })).status).toBe(204);
    expect(await of(database.workspaceId)).toBe(installation);
    for (const call of [
      { method: 'DELETE', url },
      { method: 'POST', url: `${url}/test` },
    ] as const)
      expect((await api.call({ ...call, cookie })).status).toBe(404);
  });

  it('keeps the refresh token that the CRM gives in the place of one, however many workers ask', async () => {
    await put({ ...salesforce, refreshToken: 'rotating-token-0001' });
    await doubles.control.addFault({ service: 'crm', fault: 'rotates' });
    const crmOfWorker = (): CrmOf =>
      createCrmOf({ db: database.app, keys: keys(), config, installation: {} as unknown as CrmClient });
    const workers = Array.from({ length: 2 }, crmOfWorker);
    const write = async (crmOf: CrmOf): Promise<unknown> => {
      const crm = await inWorkspace(database.app, database.workspaceId, (tx) => crmOf(tx, database.workspaceId));
      return crm.upsertContact({ externalId: 'ana', email: null, properties: {}, idempotencyKey: 'k' });
    };
    await Promise.all(workers.map(write));
    doubles.crm.tokens.expire();
    await Promise.all([...workers.map(write), test()]);
    await write(crmOfWorker());
    const shown = (await list()).json;
    expect(shown).toMatchObject({
      items: [{ own: { endsWith: expect.stringMatching(/-\d+$/), setBy: 'Test admin' } }, {}, {}],
    });

    await doubles.control.addFault({ service: 'crm', fault: 'tokenLost', count: 1 });
    doubles.crm.tokens.expire();
    const [first] = workers as [CrmOf];
    await expect(write(first)).rejects.toMatchObject({ failure: { kind: 'ambiguous' } });
    await expect(write(first)).rejects.toMatchObject({
      failure: { kind: 'misconfigured', message: expect.stringContaining('Sign in at the CRM again') },
    });
    await put({ ...salesforce, refreshToken: 'rotating-token-0002' });
    await doubles.control.clearFaults();
    expect(await write(first)).toMatchObject({ crmId: expect.any(String) });
    expect((await api.call({ method: 'DELETE', url, cookie })).status).toBe(204);
  });

  it('to Stripe takes keys of its shape alone, is tested by them, and goes on to know those of before', async () => {
    const [of, at] = ['/v1/connections/payment', database.workspaceId];
    const stripe = (body: object): Promise<Answer> => api.call({ method: 'PUT', url: of, body, cookie });
    const given = { kind: 'stripeKeys', secretKey: 'sk_test_of_a_school', webhookSecret: 'whsec_of_a_school' };
    for (const [path, wrong] of [
      ['secretKey', { ...given, secretKey: 'pk_test_of_a_school' }],
      ['webhookSecret', { ...given, webhookSecret: 'of_a_school' }],
      ['kind', hubspot],
    ] as const) {
      const refused = await stripe(wrong);
      expect(refused).toMatchObject({
        status: 422,
        json: { errors: expect.arrayContaining([expect.objectContaining({ path })]) },
      });
    }
    const made = await stripe(given);
    const reportsTo = `${api.config.PUBLIC_URL}/hooks/stripe/${at}`;
    expect(made.json).toMatchObject({ reportsTo, own: { kind: 'stripeKeys', endsWith: 'hool' } });
    expect(made.text).not.toContain('of_a_school');
    const tested = async (): Promise<unknown> => (await api.call({ method: 'POST', url: `${of}/test`, cookie })).json;
    expect(await tested()).toMatchObject({ isWell: true });
    await doubles.control.addFault({ service: 'payment', fault: 'status', status: 401, count: 1 });
    expect(await tested()).toMatchObject({ isWell: false, message: expect.stringContaining('revoked or rolled') });

    await stripe({ ...given, secretKey: 'sk_test_of_another' });
    const stored = await inWorkspace(database.app, at, async (tx) => openPaymentKeys(tx, await keys()(), at));
    expect(stored).toMatchObject({ credentials: { secretKey: 'sk_test_of_another', before: [given] } });
    expect((await api.call({ method: 'DELETE', url: of, cookie })).status).toBe(204);
  });

  it('to Stripe keeps the keys of both who set them at the same instant', async () => {
    const [of, at] = ['/v1/connections/payment', database.workspaceId];
    const set = (secretKey: string): Promise<Answer> => {
      const body = { kind: 'stripeKeys', secretKey, webhookSecret: 'whsec_of_a_school' };
      return api.call({ method: 'PUT', url: of, body, cookie });
    };
    await set('sk_test_first');
    const [held, waits] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = inWorkspace(database.app, at, async (tx) => {
      await kysely(tx).selectFrom('secret').select('name').where('name', '=', 'payment').forUpdate().execute();
      held.resolve();
      await waits.promise;
    });
    await held.promise;
    const both = Promise.all([set('sk_test_second'), set('sk_test_third')]);
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(async () => (await waiting.execute(kysely(database.app))).rows[0]?.count).toBe(2);
    waits.resolve();
    await holding;
    expect((await both).map(({ status }) => status)).toEqual([200, 200]);
    const stored = await inWorkspace(database.app, at, async (tx) => openPaymentKeys(tx, await keys()(), at));
    if (stored === null || stored === 'unreadable') throw new Error('nothing is stored');
    const { secretKey, before } = stored.credentials;
    const known = [secretKey, ...before.map((each) => each.secretKey)].sort();
    expect(known).toEqual(['sk_test_first', 'sk_test_second', 'sk_test_third']);
    expect((await api.call({ method: 'DELETE', url: of, cookie })).status).toBe(204);
  });

  it('to Stripe is removed while payments need it by who says that they know, and says how many', async () => {
    const [of, workspaceId] = ['/v1/connections/payment', database.workspaceId];
    const courseRun = await makeCourseRun(database, { capacity: 9 });
    const begun = async (isOwn: boolean): Promise<{ checkoutId: string; enrollmentId: string }> => {
      const { enrollmentId } = await enroll(database, courseRun);
      const made = { enrollmentId, checkoutId: `cs_${enrollmentId}`, action: 'checkout/1', url: 'https://x.test/' };
      const payment = { ...made, workspaceId, amountMinor: 12_000, currency: 'EUR', isOwn };
      await inWorkspace(database.app, workspaceId, (tx) => notePayment(tx, payment));
      return made;
    };
    await begun(false);
    const open = await begun(true);
    const [ended, paid, left] = [await begun(true), await begun(true), await begun(true)];
    await inWorkspace(database.app, workspaceId, async (tx) => {
      for (const { checkoutId } of [paid, left]) {
        const end = { status: 'paid', paymentIntent: checkoutId, amountMinor: 12_000, currency: 'EUR' } as const;
        await settlePayment(tx, { workspaceId, checkoutId }, end);
      }
      await settlePayment(tx, { workspaceId, checkoutId: ended.checkoutId }, { status: 'expired' });
    });
    const gone = { ended_at: new Date() };
    await kysely(database.system).updateTable('enrollment').set(gone).where('id', '=', left.enrollmentId).execute();

    const keysOf = { kind: 'stripeKeys', secretKey: 'sk_test_of_a_school', webhookSecret: 'whsec_of_a_school' };
    const made = await api.call({ method: 'PUT', url: of, body: keysOf, cookie });
    expect(made.json).toMatchObject({ own: { payments: { open: 1, paid: 1 } } });
    const refused = await api.call({ method: 'DELETE', url: of, cookie });
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'connection.inUse', payments: { open: 1, paid: 1 }, detail: expect.stringContaining('?payments=') },
    });
    const longAgo = { created_at: new Date(Date.now() - 26 * 3_600_000) };
    const openRow = kysely(database.system).updateTable('payment').set(longAgo);
    await openRow.where('checkout_id', '=', open.checkoutId).execute();
    expect((await list()).text).toContain('"payments":{"open":0,"paid":1}');
    expect((await api.call({ method: 'DELETE', url: `${of}?payments=leave`, cookie })).status).toBe(204);
  });

  it('to a mail server is refused at the place that is wrong, and tested over its socket', async () => {
    const of = '/v1/connections/email';
    const server = { kind: 'smtpServer', host: 'smtp.school.example', port: 587, tls: 'starttls', user: 'school' };
    const given = { ...server, password: 'very-secret-word', fromAddress: 'hello@school.example' };
    const mail = (body: object): Promise<Answer> => api.call({ method: 'PUT', url: of, body, cookie });
    for (const [path, wrong] of [
      ['host', { ...given, host: '127.0.0.1.internal' }],
      ['tls', { ...given, tls: 'none' }],
      ['sendgridKey', { ...given, sendgridKey: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD' }],
      ['reportSecret', { ...given, reportSecret: 'short' }],
      ['sesTopic', { ...given, sesTopic: 'mail-reports' }],
      ['password', server],
      ['tokenUrl', { ...server, ...app, tokenUrl: 'https://tokens.example/token' }],
    ] as const) {
      const refused = await mail({ fromAddress: given.fromAddress, ...wrong });
      expect(refused).toMatchObject({ status: 422, json: { errors: [expect.objectContaining({ path })] } });
      expect(refused.text).not.toContain('very-secret');
    }
    const made = await mail({ ...given, host: '127.0.0.1' });
    const reportsTo = `${api.config.PUBLIC_URL}/hooks/mail/${database.workspaceId}/returned`;
    expect(made).toMatchObject({ status: 200, json: { reportsTo, own: { kind: 'smtpServer', endsWith: '' } } });
    expect(made.text).not.toContain('very-secret');
    const tested = await api.call({ method: 'POST', url: `${of}/test`, cookie });
    expect(tested.json).toMatchObject({
      isWell: false,
      message: expect.stringContaining('network of the installation'),
    });
    expect((await api.call({ method: 'DELETE', url: of, cookie })).status).toBe(204);
  });

  it('that no key opens is shown as such, waits, and can be replaced (open-notebook 740, Hephaestus 1860)', async () => {
    await put(hubspot);
    const sealedElsewhere = { key_id: 'f00dfeedcafe' };
    await kysely(database.system).updateTable('secret').set(sealedElsewhere).execute();
    const shown = await list();
    expect(shown.status).toBe(200);
    expect(shown.json).toMatchObject({ items: [{ own: { kind: null, endsWith: '1234' } }, {}, {}] });
    expect(await test()).toMatchObject({ isWell: false, message: expect.stringContaining('cannot be opened') });

    const installation = { upsertContact: () => Promise.reject(new Error('not here')) } as unknown as CrmClient;
    const crmOf = createCrmOf({ db: database.app, keys: keys(), config, installation });
    const { workspaceId } = database;
    const write = async (): Promise<unknown> => {
      const crm = await inWorkspace(database.app, workspaceId, (tx) => crmOf(tx, workspaceId));
      const made = crm.upsertContact({ externalId: 'ana', email: null, properties: {}, idempotencyKey: 'k' });
      return made.catch((error: unknown) => error);
    };
    expect(await write()).toMatchObject({ failure: { kind: 'misconfigured', code: 'crm.unreadable' } });

    expect((await put(hubspot)).json).toMatchObject({ own: { kind: 'hubspotApp' } });
    expect(await write()).toMatchObject({ crmId: expect.any(String) });
    expect((await api.call({ method: 'DELETE', url, cookie })).status).toBe(204);
  });

  it('is for admins, not for keys, and takes no address but one of Salesforce', async () => {
    const key = await api.key(['keys:read', 'keys:write']);
    expect((await put(hubspot, { key })).status).toBe(403);
    const { cookie: designer } = await api.member(['designer', 'operator']);
    expect((await put(hubspot, { cookie: designer })).status).toBe(403);
    expect((await api.call({ url: '/v1/connections', cookie: designer })).status).toBe(403);
    for (const instanceUrl of [
      'https://169.254.169.254',
      'http://acme.my.salesforce.com',
      'https://evil.example/.salesforce.com',
      'https://acme.my.salesforce.com.evil.example',
      'https://user@evil.example#.salesforce.com',
    ]) {
      const refused = await put({ ...salesforce, instanceUrl });
      expect(refused.status, instanceUrl).toBe(422);
      expect(refused.json['errors']).toMatchObject([{ path: 'instanceUrl' }]);
    }
    for (const token of ['pat-1\nx', 'pat-1\u200b']) {
      const refused = await put({ kind: 'hubspotToken', token });
      expect(refused).toMatchObject({ status: 422, json: { errors: [{ path: 'token' }] } });
      expect(refused.text).not.toContain('pat-1');
    }
    const stored = await kysely(database.system).selectFrom('secret').select('name').execute();
    expect(stored).toEqual([]);
  });
});
