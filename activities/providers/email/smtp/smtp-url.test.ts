import { describe, expect, it } from 'vitest';
import { ConfigError, readSettings } from '../../../../platform/config.ts';
import { createAuthority } from '../../../../test/support/certificates.ts';
import { smtpSettings } from './settings.ts';
import { mailboxFromText, smtpConfig } from './smtp-url.ts';

const pool = { maxConnections: 5, maxMailsPerConnection: 100 };
const authority = createAuthority();

function config(given: Record<string, string>): ReturnType<typeof smtpConfig> {
  return smtpConfig(readSettings(smtpSettings, given));
}

describe('the settings of the mail server', () => {
  it.each([
    [{ SMTP_URL: 'smtp://127.0.0.1:1025' }, { host: '127.0.0.1', port: 1025, tls: 'none' }],
    [{ SMTP_URL: 'smtp://[::1]:1025' }, { host: '::1', port: 1025, tls: 'none' }],
    [{ SMTP_URL: 'smtp://127.0.0.1?tls=starttls' }, { host: '127.0.0.1', port: 587, tls: 'starttls' }],
    [{ SMTP_URL: 'smtp://mail.example.com' }, { host: 'mail.example.com', port: 587, tls: 'starttls' }],
    [{ SMTP_URL: 'smtp://mailpit:1025?tls=none' }, { host: 'mailpit', port: 1025, tls: 'none' }],
    [{ SMTP_URL: 'smtps://mail.example.com?tls=none' }, { host: 'mail.example.com', port: 465, tls: 'implicit' }],
    [
      { SMTP_URL: 'smtps://us%40x.com:p%3Aw@mail.example.com' },
      { host: 'mail.example.com', port: 465, tls: 'implicit', auth: { user: 'us@x.com', pass: 'p:w' } },
    ],
    [
      { SMTP_URL: 'smtp://email-smtp.example.com', SMTP_USER: 'AKIA', SMTP_PASSWORD: 'a/b+c%=' },
      { host: 'email-smtp.example.com', port: 587, tls: 'starttls', auth: { user: 'AKIA', pass: 'a/b+c%=' } },
    ],
    [
      { SMTP_URL: 'smtp://AKIA@email-smtp.example.com', SMTP_PASSWORD: 'a/b+c%=' },
      { host: 'email-smtp.example.com', port: 587, tls: 'starttls', auth: { user: 'AKIA', pass: 'a/b+c%=' } },
    ],
    [
      {
        SMTP_URL: 'smtp://127.0.0.1:25',
        SMTP_CA: authority.certPem,
        SMTP_CLIENT_NAME: 'app.example.com',
        SMTP_CONNECTIONS: '20',
        SMTP_MAILS_PER_CONNECTION: '1',
      },
      {
        host: '127.0.0.1',
        port: 25,
        tls: 'none',
        caPem: authority.certPem,
        clientName: 'app.example.com',
        maxConnections: 20,
        maxMailsPerConnection: 1,
      },
    ],
  ])('%#: %o', (given, expected) => {
    expect(config(given)).toEqual({ ...pool, ...expected });
  });

  it.each([
    [{ SMTP_URL: 'http://mail.example.com' }, 'SMTP_URL: give a URL that begins with smtp:// or smtps://'],
    [{ SMTP_URL: 'mail.example.com' }, 'SMTP_URL: give a URL that begins with smtp:// or smtps://'],
    [{ SMTP_URL: 'smtp://us:100%@mail.example.com' }, 'SMTP_URL: its user or password is not percent-encoded'],
    [{ SMTP_URL: 'smtp://us:x@mail.example.com', SMTP_USER: 'us' }, 'SMTP_USER: is in SMTP_URL too'],
    [{ SMTP_URL: 'smtp://us:x@mail.example.com', SMTP_PASSWORD: 'x' }, 'SMTP_PASSWORD: is in SMTP_URL too'],
    [{ SMTP_URL: 'smtp://mail.example.com', SMTP_USER: 'us' }, 'SMTP_PASSWORD: is missing beside the user'],
    [{ SMTP_URL: 'smtp://mail.example.com', SMTP_PASSWORD: 'x' }, 'SMTP_USER: is missing beside the password'],
    [
      { SMTP_URL: 'smtp://us:secret@mail.example.com?tls=none' },
      'SMTP_URL: without TLS the password would go over the network in the clear',
    ],
    [{ SMTP_URL: 'smtp://mail.example.com?tls=maybe' }, 'SMTP_URL: tls=maybe is not known'],
    [{ SMTP_CA: '/nowhere.pem' }, 'SMTP_CA: it is neither a file that can be read (ENOENT)'],
    [{ SMTP_CONNECTIONS: '0' }, 'SMTP_CONNECTIONS: '],
    [{ SMTP_CLIENT_NAME: 'a b' }, 'SMTP_CLIENT_NAME: give a host name'],
  ])('are refused at start: %o', (given, reason) => {
    expect(() => config(given)).toThrow(ConfigError);
    expect(() => config(given)).toThrow(reason);
    expect(() => config(given)).not.toThrow('secret');
  });
});

describe('mailboxFromText', () => {
  it.each([
    ['Throughline <hello@throughline.test>', { name: 'Throughline', address: 'hello@throughline.test' }],
    ['"Doe, Jane" <jane@example.com>', { name: 'Doe, Jane', address: 'jane@example.com' }],
    ['<jane@example.com>', { address: 'jane@example.com' }],
    [' jane@example.com ', { address: 'jane@example.com' }],
  ])('%s', (text, expected) => {
    expect(mailboxFromText(text)).toEqual(expected);
  });

  it.each(['Jane', 'Jane <jane>', ''])('refuses %s', (text) => {
    expect(() => mailboxFromText(text)).toThrow(/^The configuration has 1 problem\(s\):\n {2}MAIL_FROM: /);
  });
});
