import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../platform/config.ts';
import { createAuthority } from '../test/support/certificates.ts';
import { postfixLogin, startPostfix, type Postfix } from '../test/support/postfix.ts';
import { checkDkimRecord, sendTrialMail } from './mail-trial.ts';
import { mailShape, type MailConfig } from './settings.ts';

const authority = createAuthority();
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const to = 'ana@example.org';

describe('mail by way of Postfix', () => {
  let postfix: Postfix;
  beforeAll(async () => {
    postfix = await startPostfix('example.org', authority.issue('localhost'));
  });
  afterAll(() => postfix?.stop());

  function settings(change: Record<string, string> = {}): MailConfig {
    return readSettings(mailShape, {
      THROUGHLINE_KEY: 'x'.repeat(32),
      MAIL_FROM: 'Schöne Grüße <hello@example.com>',
      DKIM_DOMAIN: 'example.com',
      DKIM_SELECTOR: 'mail2026',
      DKIM_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      SMTP_URL: `smtp://localhost:${postfix.port}?tls=starttls`,
      SMTP_CA: authority.certPem,
      SMTP_USER: postfixLogin.user,
      SMTP_PASSWORD: postfixLogin.password,
      ...change,
    });
  }

  it('is taken over TLS from who signs in, and has a good signature where it arrives', async () => {
    expect(await sendTrialMail(settings(), to)).toEqual({
      isGood: true,
      words: expect.stringMatching(/^Mail: the server took it \(250 2\.0\.0 Ok: queued as \w+\)\.$/),
    });
    await expect.poll(() => postfix.mails().length).toBe(1);
    const [mail = ''] = postfix.mails();
    expect(mail).toMatch(/^Received: .*? with ESMTPSA /ms);
    const nothing = (): Promise<string[][]> => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
    const text = /^v=DKIM1.*$/m.exec((await checkDkimRecord(settings(), nothing)).words)?.[0] ?? '';
    const sent = Buffer.from(mail.replaceAll('\n', '\r\n'), 'latin1');
    const { results } = await dkimVerify(sent, { resolver: () => Promise.resolve([[text]]) });
    expect(results.map(({ status }) => status.result)).toEqual(['pass']);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    ['the password is wrong', { SMTP_PASSWORD: 'wrong' }, to, /sign-in \(535\)/],
    ['nobody signs in', { SMTP_USER: '', SMTP_PASSWORD: '' }, to, /refused the recipient \(554\)/],
    [
      'its certificate is of another authority',
      { SMTP_CA: createAuthority('Other').certPem },
      to,
      /name its authority in SMTP_CA/,
    ],
    ['it is asked to pass a mail on', {}, 'ana@elsewhere.example', /refused the recipient \(554\)/],
  ])('is not sent where %s', async (_, change, address, words) => {
    const before = postfix.mails().length;
    expect(await sendTrialMail(settings(change), address)).toEqual({
      isGood: false,
      words: expect.stringMatching(words),
    });
    expect(postfix.mails()).toHaveLength(before);
  });
});
