import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { MailOutcome } from '../../../../contracts/core/providers.ts';
import { createAuthority } from '../../../../test/support/certificates.ts';
import { createSmtpServers } from '../../../../test/support/smtp-servers.ts';
import { createSmtpPool } from './smtp-pool.ts';
import type { SmtpConfig } from './smtp-config.ts';

/** Uses the npm package smtp-server as an independent server: TLS, sign-in, and a dialogue other than our own double's. */
const authority = createAuthority();
const { certPem, keyPem } = authority.issue('localhost');
const servers = createSmtpServers();
let mails: string[] = [];

afterEach(async () => {
  await servers.stop();
  mails = [];
});

function serve(options: SMTPServerOptions): Promise<number> {
  return servers.start({
    key: keyPem,
    cert: certPem,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'us' && password === 'right') done(null, { user: username });
      else done(new Error('Invalid username or password'));
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
    ...options,
  });
}

async function send(
  config: Pick<SmtpConfig, 'port' | 'tls'> & Partial<SmtpConfig>,
): Promise<{ outcome: MailOutcome; asked: number }> {
  const pool = createSmtpPool({ host: 'localhost', ...config });
  let asked = 0;
  const outcome = await pool.send({
    envelope: { from: 'us@example.com', to: 'ana@example.com' },
    raw: Buffer.from('Subject: Hi\r\n\r\n.Hello\r\n'),
    fence: () => {
      asked += 1;
      return Promise.resolve(true);
    },
  });
  await pool.close();
  return { outcome, asked };
}

const right = { user: 'us', pass: 'right' };

describe('mail over TLS with sign-in', () => {
  it.each([
    { tls: 'starttls' as const, secure: false },
    { tls: 'implicit' as const, secure: true },
  ])('$tls: sends once the certificate and the password are right', async ({ tls, secure }) => {
    const port = await serve({ secure });
    expect(await send({ port, tls, auth: right, caPem: authority.certPem })).toMatchObject({
      outcome: { kind: 'sent' },
      asked: 1,
    });
    expect(mails).toEqual(['Subject: Hi\r\n\r\n.Hello\r\n']);
  });

  it.each([
    { tls: 'starttls' as const, secure: false },
    { tls: 'implicit' as const, secure: true },
  ])('$tls: sends nothing to a server whose certificate nobody vouches for', async ({ tls, secure }) => {
    const port = await serve({ secure });
    const { outcome, asked } = await send({ port, tls, auth: right });
    expect(outcome).toMatchObject({
      kind: 'deferred',
      error: { code: 'email.tls', message: expect.stringMatching(/name its authority in SMTP_CA\.$/) },
    });
    expect(asked).toBe(0);
    expect(mails).toEqual([]);
  });

  it.each([
    ['has ended', authority.issue('localhost', { isExpired: true }), 'its certificate has ended: renew it there.'],
    ['has another name', authority.issue('mail.test'), 'its certificate has another name'],
  ])('says that the certificate of the server %s', async (_, own, reason) => {
    const port = await serve({ key: own.keyPem, cert: own.certPem });
    const { outcome } = await send({ port, tls: 'starttls', caPem: authority.certPem });
    expect(outcome).toMatchObject({ kind: 'deferred', error: { message: expect.stringContaining(reason) } });
  });

  it('says that a server speaks no TLS where it should from the start', async () => {
    const port = await serve({ secure: false });
    const { outcome } = await send({ port, tls: 'implicit' });
    expect(outcome).toMatchObject({ error: { code: 'email.tls', message: expect.stringContaining('speaks no TLS') } });
  });

  it('sends nothing, and no password, where STARTTLS is demanded and not offered', async () => {
    let signIns = 0;
    const port = await serve({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => {
        signIns += 1;
        done(null, { user: 'us' });
      },
    });
    const { outcome, asked } = await send({ port, tls: 'starttls', auth: right });
    expect(outcome).toMatchObject({ kind: 'deferred', error: { code: 'email.tls' } });
    expect([asked, signIns]).toEqual([0, 0]);
  });

  it('keeps the mail and waits a minute when the password is wrong', async () => {
    const port = await serve({});
    const { outcome, asked } = await send({
      port,
      tls: 'starttls',
      auth: { user: 'us', pass: 'wrong' },
      caPem: authority.certPem,
    });
    expect(outcome).toMatchObject({ kind: 'deferred', retryAfterMs: 60_000, error: { code: 'email.auth' } });
    expect(JSON.stringify(outcome)).not.toContain('wrong');
    expect(asked).toBe(0);
  });

  it('rejects for good what that server refuses at RCPT, with the fence unasked', async () => {
    const port = await serve({
      authOptional: true,
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('No such person'), { responseCode: 550 })),
    });
    const { outcome, asked } = await send({ port, tls: 'starttls', caPem: authority.certPem });
    expect(outcome).toMatchObject({ kind: 'rejected', error: { code: 'email.recipient_refused' } });
    expect(asked).toBe(0);
  });
});
