import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { kysely } from '../../platform/db/core/kysely.ts';
import { takeReport } from '../../platform/db/contacts/mails.ts';
import { newId } from '../../platform/ids.ts';
import { masterKeys } from '../../platform/keys/master-keys.ts';
import type { MailReport } from '../../platform/mail-reports/mail-report.ts';
import { complaintMail, returnedMail } from '../../test/support/returned-mails.ts';
import type { Answer } from '../../test/support/caller.ts';
import { type SentMail, sentMail } from '../../test/support/sent-mail.ts';
import { useTestApi } from '../../test/support/use-test-api.ts';

const secret = 'a-secret-of-the-mail-server';

describe('/hooks/mail', () => {
  const { database, api } = useTestApi({ MAIL_HOOK_SECRET: [secret] });
  let key: string;
  beforeAll(async () => {
    key = await api.key(['contacts:read', 'contacts:write', 'runs:read', 'audit:read']);
  });

  const mailed = (contactId?: string): Promise<SentMail> => sentMail(database, masterKeys(api.config), contactId);

  const post = (raw: string, authorization = `Bearer ${secret}`): Promise<Answer> =>
    api.call({
      method: 'POST',
      url: '/hooks/mail',
      raw,
      headers: { 'content-type': 'message/rfc822', authorization },
    });
  const failed = (status: string, diagnostic = `550 ${status} no`) => ({ action: 'failed', status, diagnostic });
  const bounce = (about: string, status = '5.1.1'): string => returnedMail({ recipients: [failed(status)], about });
  const consentOf = async (contactId: string): Promise<unknown> =>
    ((await api.call({ url: `/v1/contacts/${contactId}`, key })).json['consents'] as unknown[])[0];
  const changeAddress = (contactId: string, email: string): Promise<Answer> =>
    api.call({ method: 'PUT', url: `/v1/contacts/${contactId}`, key, body: { email } });
  const open = (contactId: string): Promise<Answer> =>
    api.call({
      method: 'PUT',
      url: `/v1/contacts/${contactId}/consents/email`,
      key,
      body: { isOpen: true, reason: 'they called' },
    });
  const isOpen = { isOpen: true };

  it('closes the address of a mail that came back, once, with its reason, in the person’s story and the audit log', async () => {
    const { contactId, effectId, about } = await mailed();
    const raw = bounce(about);
    expect(await post(raw)).toMatchObject({ status: 200, json: { taken: 1, known: 0, others: 0, unread: 0 } });
    expect((await post(raw)).json).toMatchObject({ taken: 0, known: 1 });
    expect(await consentOf(contactId)).toMatchObject({ isOpen: false, reason: 'bounced', note: '5.1.1' });
    const story = await api.call({ url: `/v1/contacts/${contactId}/timeline`, key });
    expect(story.json['items']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'mail', title: 'Hello Ana', status: 'done' }),
        expect.objectContaining({ kind: 'mailReport', title: 'Hello Ana', status: 'bounced' }),
      ]),
    );
    const audit = await api.call({ url: `/v1/audit?subjectId=${contactId}`, key });
    expect(audit.json['items']).toEqual([
      expect.objectContaining({ act: 'contact.bounced', detail: { channel: 'email', effectId, status: '5.1.1' } }),
    ]);
  });

  it('closes the address of before alone, where the person has another one since', async () => {
    const { contactId, about } = await mailed();
    await changeAddress(contactId, 'new@example.org');
    await post(bounce(about));
    expect(await consentOf(contactId)).toMatchObject(isOpen);
    await changeAddress(contactId, `${contactId}@example.org`);
    expect(await consentOf(contactId)).toMatchObject({ isOpen: false, reason: 'bounced' });
  });

  it('keeps an address open that an operator has opened again, whatever else says the same of the same mail', async () => {
    const { contactId, effectId, about } = await mailed();
    await post(bounce(about));
    await open(contactId);
    expect(await consentOf(contactId)).toMatchObject(isOpen);
    const again: MailReport = {
      id: 'ses/1',
      effectId,
      kind: 'bounced',
      status: null,
      diagnostic: null,
      at: new Date(),
    };
    expect(await takeReport(database.app, masterKeys(api.config), again)).toBe('taken');
    expect(await consentOf(contactId)).toMatchObject(isOpen);
    await post(bounce((await mailed(contactId)).about));
    expect(await consentOf(contactId)).toMatchObject({ isOpen: false });
  });

  it('closes nothing where the mail may come yet, was not wanted, or was forged', async () => {
    const { contactId, about } = await mailed();
    await post(returnedMail({ recipients: [{ action: 'delayed', status: '4.4.1' }], about }));
    await post(bounce(about, '5.7.1'));
    await post(bounce(about, '5.2.2'));
    const forged = about.replace(/[0-9a-f]{56}/, (id) => id.slice(0, 55) + (id.endsWith('0') ? '1' : '0'));
    expect((await post(bounce(forged))).json).toMatchObject({ taken: 0, others: 1 });
    expect((await post(bounce(about), `Bearer ${secret}x`)).json).toMatchObject({
      status: 401,
      code: 'mailHook.badSignature',
    });
    expect(await consentOf(contactId)).toMatchObject(isOpen);
  });

  it('closes an address whose mailbox is full after five mails in a row, and not where one came through', async () => {
    const full = async (contactId?: string) => {
      const mail = await mailed(contactId);
      await post(bounce(mail.about, '5.2.2'));
      return mail;
    };
    const { contactId } = await full();
    for (let mails = 2; mails <= 4; mails += 1) await full(contactId);
    const { about } = await mailed(contactId);
    const came = returnedMail({ recipients: [{ action: 'relayed', status: '2.0.0' }], about });
    await post(came.replace('Mon, 23 Nov', 'Tue, 24 Nov'));
    await full(contactId);
    expect(await consentOf(contactId)).toMatchObject(isOpen);

    const other = (await full()).contactId;
    for (let mails = 2; mails <= 4; mails += 1) await full(other);
    expect(await consentOf(other)).toMatchObject(isOpen);
    await full(other);
    expect(await consentOf(other)).toMatchObject({ isOpen: false, reason: 'bounced', note: '5 × 5.2.2' });
  });

  it('counts no full mailbox across mails that came, nor again what closed an address before (listmonk#2770, sheaf#138)', async () => {
    const full = async (contactId?: string) => {
      const mail = await mailed(contactId);
      await post(bounce(mail.about, '5.2.2'));
      return mail.contactId;
    };
    const years = await full();
    for (let mails = 2; mails <= 4; mails += 1) await full(years);
    await mailed(years);
    await full(years);
    expect(await consentOf(years)).toMatchObject(isOpen);

    const again = await full();
    for (let mails = 2; mails <= 5; mails += 1) await full(again);
    expect(await consentOf(again)).toMatchObject({ isOpen: false });
    await open(again);
    await full(again);
    expect(await consentOf(again)).toMatchObject(isOpen);
    for (let mails = 2; mails <= 5; mails += 1) await full(again);
    expect(await consentOf(again)).toMatchObject({ isOpen: false, reason: 'bounced' });
  });

  it('takes a complaint as the person’s own word, which holds for each address that they have', async () => {
    const { contactId, about } = await mailed();
    await post(returnedMail({ recipients: [{ action: 'relayed', status: '2.0.0' }], about }));
    await post(complaintMail('abuse', about));
    await changeAddress(contactId, 'other@example.org');
    expect(await consentOf(contactId)).toMatchObject({ isOpen: false, reason: 'complained' });
  });

  it('takes a token of Mailgun’s once, whatever it comes with', async () => {
    const [first, second] = [await mailed(), await mailed()];
    const report = (effectId: string, id: string): MailReport => {
      const at = new Date();
      return { id, effectId, kind: 'bounced', status: '5.1.1', diagnostic: null, at, token: 'mailgun/one' };
    };
    const keys = masterKeys(api.config);
    expect(await takeReport(database.app, keys, report(first.effectId, 'mailgun/a'))).toBe('taken');
    expect(await takeReport(database.app, keys, report(second.effectId, 'mailgun/b'))).toBe('known');
    expect(await consentOf(second.contactId)).toMatchObject(isOpen);
  });

  describe('of a workspace', () => {
    const own = 'a-secret-of-the-school';
    const signingKey = 'signing-key-of-the-school';
    const server = { kind: 'smtpServer', host: 'smtp.school.example', port: 587, tls: 'starttls' };
    const given = { ...server, fromAddress: 'hello@school.example', reportSecret: own, mailgunKey: signingKey };
    let cookie: string;
    beforeAll(async () => {
      ({ cookie } = await api.member(['admin']));
      const put = { method: 'PUT', url: '/v1/connections/email', body: given, cookie } as const;
      expect((await api.call(put)).status).toBe(200);
      return async () => void (await api.call({ method: 'DELETE', url: '/v1/connections/email', cookie }));
    });

    const postOf = (workspaceId: string, raw: string, word = own): Promise<Answer> =>
      api.call({
        method: 'POST',
        url: `/hooks/mail/${workspaceId}/returned`,
        raw,
        headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${word}` },
      });
    const mailgun = (about: string, key: string): Promise<Answer> => {
      const [timestamp, token] = [String(Math.floor(Date.now() / 1000)), newId()];
      const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
      const headers = { 'message-id': about.replace('Message-ID: ', '') };
      const event = { id: newId(), event: 'failed', severity: 'permanent', message: { headers } };
      const status = { code: 550, 'enhanced-code': '5.1.1' };
      const body = {
        signature: { timestamp, token, signature },
        'event-data': { ...event, 'delivery-status': status },
      };
      return api.call({ method: 'POST', url: `/hooks/mail/${database.workspaceId}/mailgun`, body });
    };

    it('are believed by its own secret and keys, and not by the installation’s', async () => {
      const [first, second] = [await mailed(), await mailed()];
      expect((await postOf(database.workspaceId, bounce(first.about), secret)).json).toMatchObject({
        status: 401,
        detail: expect.stringContaining('mail connection'),
      });
      expect((await post(bounce(first.about), `Bearer ${own}`)).status).toBe(401);
      expect((await mailgun(second.about, 'signing-key-of-another')).status).toBe(401);
      expect(await consentOf(first.contactId)).toMatchObject(isOpen);
      expect((await postOf(database.workspaceId, bounce(first.about))).json).toMatchObject({ taken: 1 });
      expect((await mailgun(second.about, signingKey)).json).toMatchObject({ taken: 1 });
      for (const { contactId } of [first, second]) expect(await consentOf(contactId)).toMatchObject({ isOpen: false });
    });

    it('are believed by the secret and the key of before, too, while they are replaced', async () => {
      const put = (body: object): Promise<Answer> =>
        api.call({ method: 'PUT', url: '/v1/connections/email', body: { ...given, ...body }, cookie });
      const both = {
        reportSecret: `the-next-secret-of-the-school, ${own}`,
        mailgunKey: `the-next-signing-key,${signingKey}`,
      };
      expect((await put(both)).status).toBe(200);
      for (const word of [own, 'the-next-secret-of-the-school'])
        expect((await postOf(database.workspaceId, bounce((await mailed()).about), word)).json).toMatchObject({
          taken: 1,
        });
      for (const key of [signingKey, 'the-next-signing-key'])
        expect((await mailgun((await mailed()).about, key)).json).toMatchObject({ taken: 1 });
      for (const [path, value] of [
        ['reportSecret', `${own},too-short`],
        ['mailgunKey', `,${signingKey}`],
      ] as const)
        expect(await put({ [path]: value })).toMatchObject({
          status: 422,
          json: { errors: [expect.objectContaining({ path, message: expect.stringContaining('has a comma') })] },
        });
      expect(await put({ sesTopic: 'arn:aws:sns:eu-west-1:123456789012:a,b' })).toMatchObject({
        status: 422,
        json: { errors: [expect.objectContaining({ path: 'sesTopic' })] },
      });
      expect((await put({})).status).toBe(200);
    });

    it('speak of its own mails alone, whatever they name', async () => {
      const workspaceId = await database.addWorkspace();
      const { effectId, about } = await sentMail({ ...database, workspaceId }, masterKeys(api.config));
      expect((await postOf(database.workspaceId, bounce(about))).json).toMatchObject({ taken: 0, others: 1 });
      const reports = kysely(database.system).selectFrom('mail_report').select('id').where('effect_id', '=', effectId);
      expect(await reports.execute()).toEqual([]);
    });

    it('are taken by no workspace that has set nothing for them, and by none that is not there', async () => {
      for (const workspaceId of [await database.addWorkspace(), newId()])
        expect((await postOf(workspaceId, bounce((await mailed()).about))).json).toMatchObject({
          status: 503,
          code: 'mailHook.notConfigured',
          detail: expect.stringContaining('mail connection'),
        });
      const sendgrid = { method: 'POST', url: `/hooks/mail/${database.workspaceId}/sendgrid`, body: [] } as const;
      expect((await api.call(sendgrid)).status).toBe(503);
      expect((await api.call({ ...sendgrid, url: `/hooks/mail/${database.workspaceId}/other` })).status).toBe(404);
    });
  });

  it('takes text for mails alone, and mails of no more than a megabyte', async () => {
    const headers = { 'content-type': 'text/plain', authorization: `Bearer ${secret}` };
    expect((await api.call({ method: 'POST', url: '/hooks/stripe', raw: 'x', headers })).status).toBe(415);
    expect((await post('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await post('x')).json).toMatchObject({ others: 1 });
  });
});
