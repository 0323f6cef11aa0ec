import { describe, expect, it } from 'vitest';
import { complaintMail, returnedMail } from '../../test/support/returned-mails.ts';
import { newId } from '../ids.ts';
import { masterKeys } from '../keys/master-keys.ts';
import { effectOfMailId, mailIdOf } from './mail-id.ts';
import { readReturnedMail } from './returned-mail.ts';

const keys = masterKeys({ THROUGHLINE_KEY: 'a-key-for-tests-only-0123456789abcdef' });
const effectId = newId();
const mailId = mailIdOf(keys, effectId);
const about = `From: us@example.com\r\nTo: ana@example.org\r\nMessage-ID: <${mailId}@example.com>\r\nSubject: Hello`;
const failed = { action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 <ana@example.org>: no such user' };
const read = (raw: string) => readReturnedMail(keys, Buffer.from(raw));

describe('what a mail is known by', () => {
  it('is its effect, in whatever case it comes back, also under a key of before', () => {
    const later = masterKeys({
      THROUGHLINE_KEY: 'x'.repeat(32),
      THROUGHLINE_OLD_KEYS: ['a-key-for-tests-only-0123456789abcdef'],
    });
    for (const text of [mailId, `<${mailId.toUpperCase()}@h>`, `bounces+${mailId}@example.com`])
      expect(effectOfMailId(later, text)).toBe(effectId);
  });

  it('is made by nobody else', () => {
    const forged = `${newId().replaceAll('-', '')}${mailId.slice(32)}`;
    for (const text of [
      forged,
      `a${mailId}`,
      mailId.slice(1),
      mailIdOf(masterKeys({ THROUGHLINE_KEY: 'x'.repeat(32) }), effectId),
    ])
      expect(effectOfMailId(keys, text)).toBeNull();
  });
});

describe('a returned mail', () => {
  it.each([
    [failed, 'bounced'],
    [{ action: 'failed', status: '5.2.1' }, 'bounced'],
    [{ action: 'failed', status: '5.0.0', diagnostic: '550 5.1.1 unknown' }, 'bounced'],
    [{ action: 'failed', status: '5.0.0', diagnostic: '550 no mailbox here' }, 'bounced'],
    [{ action: 'failed', status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' }, 'softBounced'],
    [{ action: 'failed', status: '4.4.7', diagnostic: '450 try later' }, 'softBounced'],
    [{ action: 'failed', status: '5.7.1', diagnostic: '550 5.7.1 listed as a sender of spam' }, 'refused'],
    [{ action: 'failed', status: '5.3.4', diagnostic: '552 5.3.4 too large' }, 'refused'],
    [{ action: 'failed', status: '5.0.0' }, 'refused'],
    [{ action: 'delayed', status: '4.4.1' }, 'delayed'],
    [{ action: 'relayed', status: '2.0.0' }, 'delivered'],
  ])('of %j says that it is %s', async (recipient, kind) => {
    expect(await read(returnedMail({ recipients: [recipient], about }))).toMatchObject({ effectId, kind });
  });

  it('keeps the words of the server on one line, bounded, and is the same report when it comes again', async () => {
    const raw = returnedMail({
      recipients: [{ ...failed, diagnostic: `550 5.1.1 no\r\n such ${'x'.repeat(5_000)}` }],
      about,
    });
    const [first, again] = [await read(raw), await read(raw)];
    expect(first?.diagnostic).toMatch(/^smtp; 550 5\.1\.1 no such x+$/);
    expect(first?.diagnostic).toHaveLength(500);
    expect(first?.at).toEqual(new Date('2026-11-23T08:00:00Z'));
    expect(again?.id).toBe(first?.id);
  });

  it('is known by the return path where it has lost the head of the mail', async () => {
    const to = `bounces+${mailId}@example.com`;
    expect(await read(returnedMail({ to, recipients: [failed], about: 'Subject: Hello' }))).toMatchObject({ effectId });
    expect(await read(returnedMail({ recipients: [failed], about: 'Subject: Hello' }))).toBeNull();
  });

  it('is known by no address, nor by an id that its words quote', async () => {
    const quoting = about.replace('Message-ID', 'X-Other');
    expect(await read(returnedMail({ recipients: [failed], about: quoting }))).toBeNull();
  });

  it('that lists several behind one address is of a mail that one of them got', async () => {
    const recipients = [failed, { action: 'relayed', status: '2.0.0' }];
    expect(await read(returnedMail({ recipients, about }))).toMatchObject({ kind: 'delivered' });
  });

  it('is none where a person is away', async () => {
    const away = `From: ana@example.org\r\nTo: us@example.com\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: <${mailId}@example.com>\r\nSubject: Away 550 5.1.1\r\n\r\nI am away.\r\n`;
    expect(await read(away)).toBeNull();
    expect(await read('no mail at all')).toBeNull();
    expect(await read('')).toBeNull();
  });

  it.each([
    ['abuse', 'complained'],
    ['fraud', 'complained'],
    ['opt-out', 'unsubscribed'],
  ])('that complains of %s is %s', async (type, kind) => {
    expect(await read(complaintMail(type, about))).toMatchObject({ effectId, kind });
  });

  it('that takes a complaint back is none', async () => {
    expect(await read(complaintMail('not-spam', about))).toBeNull();
  });
});
