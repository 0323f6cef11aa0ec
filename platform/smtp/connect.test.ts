import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { createSmtpServers } from '../../test/support/smtp-servers.ts';
import { mailApp, startTokenServer, type TokenServer, tokenUser } from '../../test/support/token-server.ts';
import { fixedTokens, mailTokens } from '../mail-oauth/mail-tokens.ts';
import { connectFailure } from './connect-failure.ts';
import { connectSmtp } from './connect.ts';
import type { SmtpServer } from './smtp-server.ts';

const servers = createSmtpServers();
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await servers.stop();
});

/** How a server says that it does not take a token: Google gives the reason first, Microsoft refuses at once. */
const refusals = { google: { data: { status: '400', schemes: 'Bearer' } }, microsoft: new Error('5.7.3 unsuccessful') };

/** A mail server that takes tokens alone. @returns how it is reached, and the tokens that it has been given */
async function serve(
  tokens: Pick<TokenServer, 'url' | 'knows'>,
  refusal: (typeof refusals)[keyof typeof refusals],
): Promise<{ server: SmtpServer; given: string[] }> {
  const given: string[] = [];
  const port = await servers.start({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    // As theirs do, which take passwords by none of the others.
    authMethods: ['LOGIN', 'PLAIN', 'XOAUTH2'],
    onAuth({ username, method, accessToken = `by ${method}` }, _session, done) {
      given.push(accessToken);
      if (username === tokenUser && tokens.knows(accessToken)) done(null, { user: username });
      else if (refusal instanceof Error) done(refusal);
      else done(null, refusal);
    },
  });
  const app = { ...mailApp, tokenUrl: tokens.url };
  const grant = { refreshTokens: fixedTokens('refresh-0'), mend: 'Sign in again.' };
  const times = { connectTimeoutMs: 10_000, greetingTimeoutMs: 10_000, socketTimeoutMs: 10_000 };
  const auth = { user: tokenUser, tokens: mailTokens(app, grant) };
  return { server: { host: '127.0.0.1', port, tls: 'none', auth, ...times }, given };
}

async function outcome(server: SmtpServer, deadlineMs = Date.now() + 60_000): Promise<string> {
  const found = await connectSmtp(server, deadlineMs);
  if ('error' in found) {
    const { code, message } = connectFailure(found.error, server);
    return `${code}: ${message}`;
  }
  found.connection.quit();
  return 'signed in';
}

describe('signing in to a mail server by a token', () => {
  it.each(['google', 'microsoft'] as const)(
    'gets one token for many connections, and another one, once, where it is taken no more (as %s says it)',
    async (refusal) => {
      const tokens = await startTokenServer();
      stops.push(tokens.stop);
      const { server, given } = await serve(tokens, refusals[refusal]);
      expect([await outcome(server), await outcome(server)]).toEqual(['signed in', 'signed in']);
      expect(tokens.asked).toEqual([
        { grant_type: 'refresh_token', client_id: 'app', client_secret: 'of-the-app', refresh_token: 'refresh-0' },
      ]);
      tokens.forget();
      expect(await outcome(server)).toBe('signed in');
      expect(given).toEqual(['access-1', 'access-1', 'access-1', 'access-2']);

      const other = { ...server, auth: { ...server.auth, user: 'other@mail.test' } } as SmtpServer;
      expect(await outcome(other)).toMatch(/^email\.auth: The mail server refused the token: .* \(\w+\)\.$/);
      expect(given).toHaveLength(6);
    },
  );

  it('sends a token behind the command where both are longer than a line may be (PHPMailer#3169, MailKit#1948)', async () => {
    const token = 'x'.repeat(2_000);
    const strict = createTcpServer((socket) => {
      const say = (text: string): boolean => socket.write(`${text}\r\n`);
      let isAsked = false;
      say('220 mail.test');
      createInterface(socket).on('line', (text) => {
        if (isAsked) say(Buffer.from(text, 'base64').toString().includes(`Bearer ${token}`) ? '235 in' : '535 no');
        else if (text.length > 510) say('500 5.5.2 Line too long');
        else if (text === 'AUTH XOAUTH2') say('334 ');
        else say(text.startsWith('EHLO') ? '250-mail.test\r\n250 AUTH LOGIN XOAUTH2' : '221 bye');
        isAsked = text === 'AUTH XOAUTH2';
      });
    }).listen(0, '127.0.0.1');
    await once(strict, 'listening');
    stops.push(() => new Promise((resolve) => strict.close(() => resolve())));
    const { server } = await serve({ url: 'http://127.0.0.1:1', knows: () => false }, refusals.microsoft);
    const give = (): Promise<string> => Promise.resolve(token);
    const auth = { user: tokenUser, tokens: { current: give, renew: give } };
    const { port } = strict.address() as AddressInfo;
    expect(await outcome({ ...server, port, auth } as SmtpServer)).toBe('signed in');
  });

  it.each([432, 454])('asks for no other token where the server answers %i: it cannot look now', async (code) => {
    const tokens = await startTokenServer();
    stops.push(tokens.stop);
    const { server } = await serve(
      { url: tokens.url, knows: () => false },
      Object.assign(new Error('Temporary'), { responseCode: code }),
    );
    expect(await outcome(server)).toBe(`email.connection: The mail server takes no sign-in for now (${code}).`);
    expect(tokens.asked).toHaveLength(1);
  });

  it('waits for a token no longer than for the connection', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address() as AddressInfo;
    const { server } = await serve({ url: `http://127.0.0.1:${address.port}`, knows: () => false }, refusals.microsoft);
    expect(await outcome(server, Date.now())).toBe(
      'email.connection: No token to sign in to the mail server with came in time.',
    );
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('says what to do where the grant has ended, and waits where tokens cannot be had', async () => {
    const tokens = await startTokenServer();
    const { server, given } = await serve(tokens, refusals.microsoft);
    tokens.refreshToken = 'of another day';
    expect(await outcome(server)).toMatch(
      /^email\.auth: .*\(invalid_grant, AADSTS700082\).*another app\. Sign in again\.$/,
    );
    tokens.status = 503;
    expect(await outcome(server)).toBe(
      'email.connection: The provider answered 503 instead of a token to sign in to the mail server with.',
    );
    await tokens.stop();
    expect(await outcome(server)).toMatch(
      /^email\.connection: 127\.0\.0\.1:\d+, which gives .* could not be reached\.$/,
    );
    expect(given).toEqual([]);
  });
});
