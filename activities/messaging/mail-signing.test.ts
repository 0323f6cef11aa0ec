import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { dkimVerify } from 'mailauth';
import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../../platform/config.ts';
import { buildMessage, type MessageContent } from '../providers/email/build-message.ts';
import { dkimRecord } from '../../platform/smtp/dkim.ts';
import { dkimKey, mailSigning } from './mail-signing.ts';
import { messagingSettings } from './settings.ts';

const rsa = (modulusLength: number): string => pem(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' = 'pkcs8'): string => String(key.export({ type, format: 'pem' }));
const key = rsa(1024);
const given = {
  MAIL_FROM: 'Throughline <hello@news.example.com>',
  DKIM_DOMAIN: 'example.com',
  DKIM_SELECTOR: 'mail2026',
  DKIM_KEY: key,
};

function signing(settings: Record<string, string>): ReturnType<typeof mailSigning> {
  return mailSigning({ ...readSettings(messagingSettings, settings), THROUGHLINE_KEY: 'x'.repeat(32) });
}

describe('the settings of DKIM', () => {
  it('sign nothing unless they are given', () => {
    expect(signing({}).signing).not.toHaveProperty('dkim');
  });

  it.each([
    [{ DKIM_SELECTOR: '' }, 'DKIM_SELECTOR: is missing; the three of DKIM belong together'],
    [{ DKIM_KEY: '' }, 'DKIM_KEY: is missing; the three of DKIM belong together'],
    [{ DKIM_KEY: rsa(768) }, 'DKIM_KEY: has 768 bits, and receivers want 1024 at least'],
    [
      { DKIM_KEY: pem(generateKeyPairSync('ed25519').privateKey) },
      'DKIM_KEY: is of ed25519; receivers all know RSA alone',
    ],
    [{ DKIM_KEY: '/nowhere/dkim.pem' }, 'DKIM_KEY: it is neither a file that can be read (ENOENT)'],
    [{ DKIM_KEY: 'v=DKIM1; p=' }, 'DKIM_KEY: it is neither a file that can be read (ENOENT)'],
    [{ DKIM_DOMAIN: 'https://example.com' }, 'DKIM_DOMAIN: give a domain such as example.com'],
    [
      { DKIM_DOMAIN: 'ample.com' },
      'DKIM_DOMAIN: mails may come from news.example.com, which is neither ample.com nor below it',
    ],
  ])('are refused at start: %o', (change, reason) => {
    expect(() => signing({ ...given, ...change })).toThrow(ConfigError);
    expect(() => signing({ ...given, ...change })).toThrow(reason);
  });

  it('take a key as other programs write it', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(signing({ ...given, DKIM_KEY: pem(privateKey, 'pkcs1') }).signing.dkim?.privateKeyPem).toBe(pem(privateKey));
  });
});

describe('a signed mail', () => {
  const content: MessageContent = {
    key: 'w1/run1/hello/1',
    from: signing(given).senders[0],
    replyTo: { name: 'Schule für Öffentliches, Büro', address: 'reply@example.com' },
    to: { address: 'ana@example.org' },
    // Long enough to be folded, in words that are encoded.
    subject: `Willkommen, Ana – ${'schön, dass Sie da sind. '.repeat(8)}`,
    html: `<p>.</p><p>${'Grüße und ein langer Absatz ohne Ende. '.repeat(40)}</p>\n.\n\n\n`,
    unsubscribe: { url: `https://example.com/u/${'a'.repeat(200)}`, mailto: 'stop@example.com' },
    date: new Date('2026-11-24T08:00:00Z'),
  };
  const dkim = dkimKey(readSettings(messagingSettings, given));
  if (dkim === null) throw new Error('There is no key');
  const record = dkimRecord(dkim);

  /** What another program makes of it, with the record that `throughline mail test` says to publish. */
  async function verify(raw: Buffer | string): Promise<{ result: string; headers: string[]; domain: string }> {
    const { results } = await dkimVerify(raw, {
      resolver: (name: string, type: string) => {
        if (name === record.name && type === 'TXT') return Promise.resolve([[record.text]]);
        return Promise.reject(Object.assign(new Error(`No ${type} of ${name}`), { code: 'ENOTFOUND' }));
      },
    });
    const [first] = results;
    if (first === undefined) throw new Error('It is not signed');
    return {
      result: first.status.result,
      headers: (first.signingHeaders?.keys ?? '').toLowerCase().split(/[:\s]+/),
      domain: first.signingDomain ?? '',
    };
  }

  it('is good to a receiver, with what one unsubscribes by among what is signed', async () => {
    const { raw } = await buildMessage(content, signing(given).signing);
    const { result, headers, domain } = await verify(raw);
    expect([result, domain]).toEqual(['pass', 'example.com']);
    expect(headers).toEqual(
      expect.arrayContaining([
        'from',
        'reply-to',
        'to',
        'subject',
        'date',
        'message-id',
        'list-unsubscribe',
        'list-unsubscribe-post',
      ]),
    );
    expect((await buildMessage(content, signing(given).signing)).raw.equals(raw)).toBe(true);
  });

  it('stays good where a relay folds its head anew and leaves spaces at the ends of lines', async () => {
    const text = (await buildMessage(content, signing(given).signing)).raw.toString('latin1');
    const [head = '', ...body] = text.split('\r\n\r\n');
    const refolded = head.replaceAll('\r\n ', '\r\n\t ').replace('Subject: ', 'Subject:  ');
    const relayed = [refolded, body.join('\r\n\r\n').replaceAll('\r\n', ' \r\n')].join('\r\n\r\n');
    expect(relayed).not.toBe(text);
    expect((await verify(Buffer.from(relayed, 'latin1'))).result).toBe('pass');
  });

  it.each([
    ['its words', (text: string) => text.replace('Absatz', 'Vertrag')],
    ['its sender', (text: string) => text.replace('hello@news', 'chief@news')],
    ['where one unsubscribes', (text: string) => text.replace('List-Unsubscribe=One-Click', 'List-Unsubscribe=No')],
  ])('is bad once another has changed %s', async (_, change) => {
    const text = (await buildMessage(content, signing(given).signing)).raw.toString('latin1');
    expect(change(text)).not.toBe(text);
    expect((await verify(Buffer.from(change(text), 'latin1'))).result).not.toBe('pass');
  });

  it('is not sent unsigned where it cannot be signed', async () => {
    const broken = { ...signing(given).signing, dkim: { ...dkim, privateKeyPem: 'none' } };
    await expect(buildMessage(content, broken)).rejects.toThrow('could not be signed');
  });
});
