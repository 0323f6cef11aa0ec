import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { MailServer } from '../../contracts/access/connections-api.schema.ts';
import { createAuthority } from '../../test/support/certificates.ts';
import { createSmtpServers } from '../../test/support/smtp-servers.ts';
import { mailApp, startTokenServer } from '../../test/support/token-server.ts';
import { fixedTokens } from '../mail-oauth/mail-tokens.ts';
import { mailServerFault } from './mail-connection.ts';
import { probeMailServer } from './mail-probe.ts';

const authority = createAuthority();
const { certPem, keyPem } = authority.issue('localhost');
const here = { STAND_INS: 'email' };
/** A refresh token that stays as it was given. */
const kept = ({ refreshToken }: { refreshToken: string }) => fixedTokens(refreshToken);
const given = {
  kind: 'smtpServer',
  host: 'localhost',
  port: 587,
  tls: 'none',
  user: 'school',
  password: 'right',
  fromAddress: 'hello@school.example',
} satisfies MailServer;
const servers = createSmtpServers();

afterEach(() => servers.stop());

function serve(options: SMTPServerOptions): Promise<number> {
  return servers.start({
    key: keyPem,
    cert: certPem,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'school' && password === 'right' ? done(null, { user: username }) : done(new Error('no')),
    ...options,
  });
}

describe('the test of a workspace’s mail server', () => {
  it.each([
    ['takes the sign-in', {}, {}, true, 'answers and takes the sign-in'],
    [
      'refuses the password',
      { password: 'wrong' },
      {},
      false,
      'refused the sign-in (535). Give the user and the password',
    ],
    ['speaks no TLS', { tls: 'implicit' }, {}, false, 'speaks no TLS at this port. Choose STARTTLS'],
    ['offers no STARTTLS', { tls: 'starttls' }, { disabledCommands: ['STARTTLS'] }, false, 'It offers no STARTTLS'],
    ['has a strange certificate', { tls: 'starttls' }, {}, false, 'name its authority in its connection'],
    ['is of an authority of its own', { tls: 'starttls', ca: authority.certPem }, {}, true, 'answers over TLS'],
    ['is of another one', { tls: 'starttls', ca: createAuthority().certPem }, {}, false, 'name its authority'],
  ] as const)('says what to do where it %s', async (_what, change, options, isWell, words) => {
    const port = await serve(options as SMTPServerOptions);
    const found = await probeMailServer(MailServer.parse({ ...given, port, ...change }), here, kept);
    expect(found).toMatchObject({ isWell, message: expect.stringContaining(words) });
    expect(found.message).not.toContain('wrong');
  });

  it.each([
    ['refresh-0', true, 'answers and takes the sign-in'],
    ['ended', false, '(invalid_grant, AADSTS700082)'],
  ])('signs in by a token with the refresh token %s: well %s', async (refreshToken, isWell, words) => {
    const tokens = await startTokenServer();
    const port = await serve({
      authMethods: ['XOAUTH2'],
      onAuth: ({ accessToken }, _session, done) =>
        tokens.knows(accessToken) ? done(null, { user: 'school' }) : done(new Error('no')),
    });
    const { password: _, ...server } = given;
    const found = await probeMailServer(
      MailServer.parse({ ...server, port, tokenUrl: tokens.url, ...mailApp, refreshToken }),
      here,
      kept,
    );
    expect(found).toMatchObject({ isWell, message: expect.stringContaining(words) });
    await tokens.stop();
  });

  it('says which text belongs into the DNS where the workspace signs', async () => {
    const port = await serve({});
    const dkim = { dkimDomain: 'school.example', dkimSelector: 'mail1', dkimKey: keyPem };
    expect((await probeMailServer({ ...given, port, ...dkim }, here, kept)).message).toMatch(
      /DNS has to have this at mail1\._domainkey\.school\.example: v=DKIM1; k=rsa; p=/,
    );
  });

  it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1'])(
    'asks nothing at %s where mail is no stand-in',
    async (host) => {
      const port = await serve({});
      const found = await probeMailServer({ ...given, host, port }, { STAND_INS: '' }, kept);
      expect(found).toMatchObject({ isWell: false, message: expect.stringContaining('own: connect a mail server of') });
    },
  );
});

describe('a mail server that a person gives', () => {
  const tokenApp = { tokenUrl: 'https://oauth2.googleapis.com/token', ...mailApp };
  const real = { ...given, host: 'smtp.school.example', tls: 'starttls' } satisfies MailServer;

  it.each([
    [real, null],
    [{ ...real, host: 'localhost' }, 'host'],
    [{ ...real, host: 'mailpit' }, 'host'],
    [{ ...real, host: 'relay.internal' }, 'host'],
    [{ ...real, tls: 'none' }, 'tls'],
    [{ ...real, ca: authority.certPem }, null],
    [{ ...real, tokenUrl: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token' }, null],
    [{ ...real, tokenUrl: 'https://oauth2.googleapis.com/token' }, null],
    [{ ...real, tokenUrl: 'http://oauth2.googleapis.com/token' }, 'tokenUrl'],
    [{ ...real, tokenUrl: 'https://oauth2.googleapis.com.evil.example/token' }, 'tokenUrl'],
    [{ ...real, tokenUrl: 'https://169.254.169.254/token' }, 'tokenUrl'],
    [{ ...real, tokenUrl: 'http://127.0.0.1:4413/token' }, 'tokenUrl'],
    [{ ...real, ca: '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----' }, 'ca'],
    [{ ...real, ca: `-----BEGIN CERTIFICATE-----\n/etc/passwd` }, 'ca'],
    [{ ...real, dkimDomain: 'other.example', dkimSelector: 's', dkimKey: keyPem }, 'dkimDomain'],
    [
      { ...real, dkimDomain: 'school.example', dkimSelector: 's', dkimKey: '-----BEGIN PRIVATE KEY-----\nMII' },
      'dkimKey',
    ],
  ] as const)('%#: is refused at %s', (server, path) => {
    expect(mailServerFault(server, { STAND_INS: 'llm,crm' })?.path ?? null).toBe(path);
  });

  it.each([
    [{ host: 'smtp.school.example/x' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ password: undefined }, 'password'],
    [{ ...tokenApp, refreshToken: 'r' }, 'password'],
    [{ ...tokenApp, password: undefined }, 'scope'],
    [{ ...tokenApp, password: undefined, scope: 's', clientSecret: undefined }, 'tokenUrl'],
    [{ ...tokenApp, password: undefined, scope: 's', tokenUrl: 'oauth2.googleapis.com' }, 'tokenUrl'],
    [{ password: 'a\r\nQUIT' }, 'password'],
    [{ fromAddress: 'a@b.com, c@d.com' }, 'fromAddress'],
    [{ dkimSelector: 's1' }, 'dkimKey'],
    [{ returnPath: 'bounces' }, 'returnPath'],
    [{ returnPath: 'many-bounces+*@school.example' }, 'returnPath'],
    [{ returnPath: 'a@b.example>\r\nRCPT TO:<c@d.example' }, 'returnPath'],
    [{ ca: '/etc/ssl/cert.pem' }, 'ca'],
    [{ ca: `-----BEGIN CERTIFICATE-----${'A'.repeat(10_000)}` }, 'ca'],
    // Never the path of a file.
    [{ dkimDomain: 'school.example', dkimSelector: 's', dkimKey: '/etc/passwd' }, 'dkimKey'],
  ])('%#: breaks the schema at the place that it names', (change, path) => {
    expect(MailServer.safeParse({ ...real, ...change }).error?.issues.map((issue) => issue.path.join('.'))).toEqual([
      path,
    ]);
  });
});
