import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../../../test/support/imap-server.ts';
import { mailApp, startTokenServer } from '../../../test/support/token-server.ts';
import { ConfigError, readSettings } from '../../config.ts';
import { mostMailBytes } from '../returned-mail.ts';
import { openMailbox } from './imap-mailbox.ts';
import { mailboxConfig, type MailboxConfig } from './mailbox-config.ts';
import { returnedMailboxSettings } from './settings.ts';

const authority = createAuthority();
const certificate = authority.issue('localhost');
const servers: ImapServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(options: ImapServerOptions = {}): Promise<ImapServer> {
  const server = await startImapServer(options);
  servers.push(server);
  return server;
}

/** The settings of a mailbox at a server of a test. */
function configOf(server: { port: number }, change: Record<string, string> = {}): MailboxConfig {
  const settings = {
    IMAP_URL: `imap://localhost:${server.port}`,
    IMAP_USER: 'returns',
    IMAP_PASSWORD: 'right',
    ...change,
  };
  const config = mailboxConfig(readSettings(returnedMailboxSettings, settings));
  if (config === null) throw new Error('No mailbox is set');
  return config;
}

const whole = (): AbortSignal => new AbortController().signal;

describe('the mailbox of returned mails', () => {
  it.each([
    ['without TLS on this machine', {}, 'imap', {}],
    ['by STARTTLS', { certificate, tls: 'starttls' }, 'imap', { IMAP_CA: authority.certPem }],
    ['by TLS from the start', { certificate, tls: 'implicit' }, 'imaps', { IMAP_CA: authority.certPem }],
  ] as const)('is read %s, and what is read stays unread until it is marked', async (_, options, scheme, change) => {
    const server = await serve(options);
    const [first, second] = [server.deliver('Subject: one\r\n\r\nOne\r\n'), server.deliver('Subject: two\r\n\r\n')];
    const url = `${scheme}://localhost:${server.port}${'tls' in options && options.tls === 'starttls' ? '?tls=starttls' : ''}`;
    const mailbox = await openMailbox(configOf(server, { IMAP_URL: url, ...change }), whole());
    expect(mailbox).toMatchObject({ validity: '7', nextUid: 3 });
    expect(await mailbox.above(0, { isUnread: true })).toEqual([first, second]);
    expect(String((await mailbox.read(first))?.bytes)).toBe('Subject: one\r\n\r\nOne\r\n');
    expect(server.seen()).toEqual([]);
    await mailbox.markRead(first);
    expect(server.seen()).toEqual([first]);
    expect(await mailbox.above(0, { isUnread: true })).toEqual([second]);
    expect(await mailbox.above(second, { isUnread: false })).toEqual([]);
    expect(await mailbox.read(9)).toBeNull();
    await mailbox.close();
    expect(server.commands.at(-1)).toBe('LOGOUT');
  });

  it('takes no more of a mail than it may have', async () => {
    const server = await serve();
    const uid = server.deliver(`Subject: large\r\n\r\n${'x'.repeat(2 * mostMailBytes)}`);
    const mailbox = await openMailbox(configOf(server), whole());
    const mail = await mailbox.read(uid);
    expect([mail?.isCut, mail?.bytes?.length]).toEqual([true, mostMailBytes]);
    await mailbox.close();
  });

  it('tells a mail of which its server gives nothing from one that has gone', async () => {
    const server = await serve();
    const uid = server.deliver('Subject: one\r\n\r\n');
    server.withhold(uid);
    const mailbox = await openMailbox(configOf(server), whole());
    expect(await mailbox.read(uid)).toEqual({ bytes: null, isCut: false });
    expect(await mailbox.read(uid + 1)).toBeNull();
    await mailbox.close();
  });

  it.each<[string, ImapServerOptions, Record<string, string>, RegExp, boolean]>([
    ['refuses the password', {}, { IMAP_PASSWORD: 'wrong' }, /refused the sign-in\. Set IMAP_USER/, true],
    ['has no such folder', {}, { IMAP_MAILBOX: 'Bounces' }, /no folder Bounces\. Set IMAP_MAILBOX/, true],
    ['has a strange certificate', { certificate, tls: 'implicit' }, {}, /name its authority in IMAP_CA/, true],
    ['offers no STARTTLS', {}, {}, /offers no STARTTLS\. Let IMAP_URL begin/, true],
    ['speaks no TLS', {}, {}, /speaks no TLS at this port/, true],
  ])('says what to do where the server %s', async (what, options, change, words, lasts) => {
    const server = await serve(options);
    const urls: Record<string, string> = {
      'offers no STARTTLS': `imap://localhost:${server.port}?tls=starttls`,
      'speaks no TLS': `imaps://localhost:${server.port}`,
      'has a strange certificate': `imaps://localhost:${server.port}`,
    };
    const url = urls[what];
    const config = configOf(server, { ...(url === undefined ? {} : { IMAP_URL: url }), ...change });
    const failure = await openMailbox(config, whole()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringMatching(words), lasts });
    expect(String(failure)).not.toMatch(/wrong|returns/);
  });

  it('is signed in to by a token, which is got anew once where the server takes it no more', async () => {
    const tokens = await startTokenServer();
    const server = await serve({ knowsToken: tokens.knows });
    const app = {
      MAIL_OAUTH_TOKEN_URL: tokens.url,
      MAIL_OAUTH_CLIENT_ID: mailApp.clientId,
      MAIL_OAUTH_CLIENT_SECRET: mailApp.clientSecret,
      MAIL_OAUTH_SCOPE: 'mail',
    };
    const config = configOf(server, { IMAP_PASSWORD: '', ...app });
    for (let times = 0; times < 2; times += 1) await (await openMailbox(config, whole())).close();
    expect(tokens.asked).toEqual([
      { grant_type: 'client_credentials', client_id: 'app', client_secret: 'of-the-app', scope: 'mail' },
    ]);
    tokens.forget();
    await (await openMailbox(config, whole())).close();
    expect(tokens.asked).toHaveLength(2);

    server.before = (command) => {
      if (command === 'AUTHENTICATE') throw new Error('NO [AUTHENTICATIONFAILED] no');
    };
    const refused = { lasts: true, message: expect.stringContaining('refused the token: its provider has to let') };
    await expect(openMailbox(config, whole())).rejects.toMatchObject(refused);
    const ended = configOf(server, { IMAP_PASSWORD: '', ...app, MAIL_OAUTH_CLIENT_SECRET: 'ended' });
    const words = /\(invalid_client\).* Set MAIL_OAUTH_CLIENT_ID and MAIL_OAUTH_CLIENT_SECRET/;
    await expect(openMailbox(ended, whole())).rejects.toMatchObject({
      lasts: true,
      message: expect.stringMatching(words),
    });
    tokens.status = 503;
    await expect(openMailbox(config, whole())).rejects.toMatchObject({ lasts: false, message: /answered 503/ });
    await tokens.stop();
    await expect(openMailbox(config, whole())).rejects.toMatchObject({ lasts: false, message: /could not be reached/ });
  });

  it('may come back where nobody answers, or the connection breaks in the middle', async () => {
    const server = await serve();
    const uid = server.deliver('Subject: one\r\n\r\n');
    const mailbox = await openMailbox(configOf(server), whole());
    server.before = (command, socket) => void (command === 'UID FETCH' && socket.destroy());
    await expect(mailbox.read(uid)).rejects.toMatchObject({ lasts: false, message: /could not be reached/ });
    await server.stop();
    await expect(openMailbox(configOf(server), whole())).rejects.toMatchObject({ lasts: false });
  });

  it('is left at once when the work ends', async () => {
    const server = await serve();
    const end = new AbortController();
    server.before = (command) => (command === 'SELECT' ? new Promise(() => end.abort()) : undefined);
    await expect(openMailbox(configOf(server), end.signal)).rejects.toMatchObject({ lasts: false });
  });
});

describe('the settings of the mailbox', () => {
  const real = { IMAP_URL: 'imaps://imap.example.com', IMAP_USER: 'returns@example.com', IMAP_PASSWORD: 'p' };
  const read = (given: Record<string, string>) => mailboxConfig(readSettings(returnedMailboxSettings, given));

  it('name a mailbox, by its usual port, without its password; without an address there is none', () => {
    expect(read({})).toBeNull();
    expect(read(real)).toMatchObject({
      port: 993,
      tls: 'implicit',
      mailbox: 'INBOX',
      name: 'returns@example.com imap.example.com:993 INBOX',
    });
    expect(read({ ...real, IMAP_URL: 'imap://imap.example.com' })).toMatchObject({ port: 143, tls: 'starttls' });
  });

  it.each([
    ['IMAP_URL', { ...real, IMAP_URL: 'https://imap.example.com' }],
    ['IMAP_URL', { ...real, IMAP_URL: 'imap://imap.example.com?tls=none' }],
    ['IMAP_USER', { IMAP_URL: real.IMAP_URL }],
    ['IMAP_PASSWORD', { ...real, IMAP_PASSWORD: '' }],
    ['IMAP_USER', { IMAP_USER: 'returns' }],
    ['IMAP_CA', { ...real, IMAP_CA: '/nowhere/ca.pem' }],
  ])('are refused at the start, with the name %s', (name, given) => {
    expect(() => read(given)).toThrow(ConfigError);
    expect(() => read(given)).toThrow(name);
  });
});
