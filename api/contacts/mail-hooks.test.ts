import { beforeAll, describe, expect, it } from 'vitest';
import { takeReport } from '../../platform/db/contacts/mails.ts';
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

  it('takes text for mails alone, and mails of no more than a megabyte', async () => {
    const headers = { 'content-type': 'text/plain', authorization: `Bearer ${secret}` };
    expect((await api.call({ method: 'POST', url: '/hooks/stripe', raw: 'x', headers })).status).toBe(415);
    expect((await post('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
    expect((await post('x')).json).toMatchObject({ others: 1 });
  });
});
