import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { ProviderError } from '../provider-error.ts';
import { buildMessage, envelopeOf, type MessageContent, type MessageSigning } from './build-message.ts';
import { unlimited } from '../../../test/support/properties.ts';

const signing: MessageSigning = { messageIdDomain: 'mail.example.com', messageIdSecret: 'secret' };
const content: MessageContent = {
  key: 'w1/run1/hello/1',
  from: { name: 'Throughline', address: 'hello@example.com' },
  to: { name: 'Ana Müller', address: 'ana@example.com' },
  subject: 'Willkommen, Ana – schön, dass Sie da sind',
  html: '<h1>Hello Ana</h1><p>Your plan is <b>Gold</b>: <a href="https://example.com/plan">see it</a></p><img src="x.png">',
  unsubscribe: { url: 'https://example.com/u/abc', mailto: 'stop@example.com' },
  date: new Date('2026-11-24T08:00:00Z'),
};

describe('buildMessage', () => {
  it('gives the same bytes and Message-ID for the same key, and another Message-ID for another', async () => {
    const one = await buildMessage(content, signing);
    const again = await buildMessage(content, signing);
    expect(again.raw.equals(one.raw)).toBe(true);
    expect(one.messageId).toMatch(/^<[0-9a-f]{40}@mail\.example\.com>$/);
    expect((await buildMessage({ ...content, key: 'w1/run1/hello/2' }, signing)).messageId).not.toBe(one.messageId);
    expect((await buildMessage(content, { ...signing, messageIdSecret: 'other' })).messageId).not.toBe(one.messageId);
  });

  it('writes what a mail reader reads back', async () => {
    const { raw, messageId } = await buildMessage(content, signing);
    const parsed = await simpleParser(raw);
    expect(parsed.messageId).toBe(messageId);
    expect(parsed.subject).toBe(content.subject);
    expect(parsed.html).toContain('<b>Gold</b>');
    expect(parsed.text).toContain('see it <https://example.com/plan>');
    expect(parsed.date?.toISOString()).toBe('2026-11-24T08:00:00.000Z');
    expect(parsed.to).toMatchObject({ value: [{ name: 'Ana Müller', address: 'ana@example.com' }] });
    expect(raw.toString('latin1')).not.toMatch(/[^\r]\n/);
  });

  it('offers one-click unsubscribe by both ways', async () => {
    const head = unfolded((await buildMessage(content, signing)).raw);
    expect(head).toMatch(/^List-Unsubscribe: <mailto:stop@example\.com>,\s*<https:\/\/example\.com\/u\/abc>$/m);
    expect(head).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  });

  it('has no unsubscribe headers on a mail that one cannot unsubscribe from', async () => {
    const { unsubscribe: _left, ...transactional } = content;
    expect(unfolded((await buildMessage(transactional, signing)).raw)).not.toContain('List-Unsubscribe');
  });

  it('never lets a value begin a header of its own', unlimited, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\r\n', '\n', '\r', '\u2028'),
        async (text, end) => {
          const evil = `${text}${end}Bcc: victim@example.com${end}${end}body`;
          const { raw } = await buildMessage(
            {
              ...content,
              subject: evil,
              to: { name: evil, address: 'ana@example.com' },
              unsubscribe: { url: `https://e.com/${evil}` },
            },
            signing,
          );
          expect(unfolded(raw)).not.toMatch(/^bcc:/im);
          const parsed = await simpleParser(raw);
          expect(parsed.bcc).toBeUndefined();
          expect(parsed.to).toMatchObject({ value: [{ address: 'ana@example.com' }] });
        },
      ),
    );
  });

  it.each([
    'two@example.com, three@example.com',
    '"a@b.com x"@example.com',
    'no-at.example.com',
    'a@b@c.com',
    `${'a'.repeat(250)}@e.com`,
    'a b@c.com',
    '',
  ])('refuses %s as an address', async (address) => {
    const refused = buildMessage({ ...content, to: { address } }, signing);
    await expect(refused).rejects.toThrow(ProviderError);
    await expect(refused).rejects.toMatchObject({ failure: { kind: 'rejected', code: 'email.invalid_address' } });
  });

  it('signs with DKIM over the bytes that are sent', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const dkim = {
      domain: 'example.com',
      selector: 's1',
      privateKeyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    };
    const plain = await buildMessage(content, signing);
    const { raw } = await buildMessage(content, { ...signing, dkim });
    expect(unfolded(raw)).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256;.* d=example\.com;.* s=s1;/m);
    expect(raw.subarray(raw.length - plain.raw.length).equals(plain.raw)).toBe(true);
  });
});

describe('the envelope of a built message', () => {
  it.each([
    [{ address: 'ana@example.com' }],
    [{ name: 'To: <other@example.com>, "Ana" (x)', address: 'ana@example.com' }],
    [{ name: `Ana ${'María '.repeat(40)}`, address: 'ana@example.com' }],
    [{ address: 'söhne+a@example.com' }],
  ])('is what it says itself: %o', async (to) => {
    const from = { name: 'Us, \nTo: x@example.com', address: 'us@example.com' };
    const { raw } = await buildMessage({ ...content, from, to, subject: 'To: x@y.example' }, signing);
    expect(envelopeOf(raw)).toEqual({ from: 'us@example.com', to: to.address });
  });
});

function unfolded(raw: Buffer): string {
  return raw
    .toString('utf8')
    .split('\r\n\r\n', 1)
    .join('')
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .replaceAll('\r\n', '\n');
}
