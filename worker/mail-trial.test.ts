import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth';
import { afterEach, describe, expect, it } from 'vitest';
import { readSettings } from '../platform/config.ts';
import { createAuthority } from '../test/support/certificates.ts';
import { createSmtpServers } from '../test/support/smtp-servers.ts';
import { checkDkimRecord, sendTrialMail } from './mail-trial.ts';
import { mailShape } from './settings.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const authority = createAuthority();
const signed = {
  THROUGHLINE_KEY: 'x'.repeat(32),
  MAIL_FROM: 'Hello <hello@example.com>',
  DKIM_DOMAIN: 'example.com',
  DKIM_SELECTOR: 'mail2026',
  DKIM_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
};
const settings = readSettings(mailShape, signed);
const missing = (): Promise<string[][]> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));

/** The text that the command says to publish. */
async function published(): Promise<string> {
  const { words } = await checkDkimRecord(settings, missing);
  return /^v=DKIM1.*$/m.exec(words)?.[0] ?? '';
}

describe('the trial of the mail settings', () => {
  const servers = createSmtpServers();
  afterEach(async () => {
    await servers.stop();
  });

  it('says what to publish, and is content once it is there, cut and spaced as the DNS likes', async () => {
    const none = await checkDkimRecord(settings, missing);
    expect(none).toMatchObject({
      isGood: false,
      words: expect.stringContaining('no text at mail2026._domainkey.example.com'),
    });
    const text = await published();
    const parts = [text.slice(0, 200).replace('p=', 'p= '), text.slice(200)];
    const there = await checkDkimRecord(settings, () => Promise.resolve([['v=spf1 -all'], parts]));
    expect(there).toEqual({ isGood: true, words: 'DKIM: the DNS has the key at mail2026._domainkey.example.com.' });
  });

  it('notices another key, and a DNS that does not answer', async () => {
    const other = await checkDkimRecord(settings, () => Promise.resolve([['v=DKIM1; p=MIGfMA0']]));
    expect(other).toMatchObject({ isGood: false, words: expect.stringContaining('another key') });
    const silent = () => Promise.reject(Object.assign(new Error('late'), { code: 'ETIMEOUT' }));
    expect((await checkDkimRecord(settings, silent)).words).toMatch(/could not be asked .*\(ETIMEOUT\)/);
  });

  it.each(['PLAIN', 'LOGIN'])(
    'sends over TLS after signing in with %s, and what arrives has a good signature',
    async (method) => {
      const own = authority.issue('localhost');
      const mails: Buffer[] = [];
      const port = await servers.start({
        key: own.keyPem,
        cert: own.certPem,
        authMethods: [method],
        onAuth: ({ username, password }, _session, done) =>
          username === 'us' && password === 'r/ght' ? done(null, { user: 'us' }) : done(new Error('Wrong')),
        onData: (stream, _session, done) => {
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            mails.push(Buffer.concat(chunks));
            done();
          });
        },
      });
      const reached = {
        SMTP_URL: `smtp://localhost:${port}?tls=starttls`,
        SMTP_CA: authority.certPem,
        SMTP_USER: 'us',
        SMTP_PASSWORD: 'r/ght',
      };
      expect(await sendTrialMail(readSettings(mailShape, { ...signed, ...reached }), 'ana@example.org')).toMatchObject({
        isGood: true,
        words: expect.stringContaining('the server took it'),
      });
      const text = await published();
      const { results } = await dkimVerify(mails[0] ?? '', { resolver: () => Promise.resolve([[text]]) });
      expect(results.map(({ status }) => status.result)).toEqual(['pass']);

      const wrong = { ...reached, SMTP_PASSWORD: 'wrong' };
      expect(await sendTrialMail(readSettings(mailShape, { ...signed, ...wrong }), 'ana@example.org')).toMatchObject({
        isGood: false,
        words: expect.stringMatching(/^Mail: .*sign/i),
      });
    },
  );
});
