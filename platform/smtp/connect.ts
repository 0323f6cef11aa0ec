import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { TokenFailure } from '../mail-oauth/mail-tokens.ts';
import { isRefused, type SmtpError } from './connect-failure.ts';
import type { SmtpServer } from './smtp-server.ts';

/** A connection that is being closed waits this long for the server's half, then is destroyed. */
const closeTimeoutMs = 1_000;

/** An open connection. `ended` resolves when it is closed, by whichever side. */
export type Connected = { connection: SMTPConnection; ended: Promise<void> };

/**
 * Opens a connection, with TLS and sign-in as the server is to have them, until `deadlineMs` (Unix time) at the latest. A token that the server
 * refuses is got anew, once. Never throws: what went wrong is in the answer.
 */
export async function connectSmtp(server: SmtpServer, deadlineMs: number): Promise<Connected | { error: SmtpError }> {
  const { auth } = server;
  if (auth === undefined || 'pass' in auth) return openConnection(server, auth, deadlineMs);
  const { user, tokens } = auth;
  try {
    const token = await inTime(tokens.current(), deadlineMs);
    const first = await openConnection(server, { user, token }, deadlineMs);
    if (!('error' in first) || !isRefused(first.error)) return first;
    return await openConnection(server, { user, token: await inTime(tokens.renew(token), deadlineMs) }, deadlineMs);
  } catch (error) {
    return { error: error instanceof Error ? error : new Error('There is no token') };
  }
}

/** A token that comes by the deadline; one that comes later is there for who asks next. */
async function inTime(token: Promise<string>, deadlineMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const failure = new TokenFailure('No token to sign in to the mail server with came in time.', false);
    timer = setTimeout(() => reject(failure), Math.max(0, deadlineMs - Date.now()));
  });
  return Promise.race([token, late]).finally(() => clearTimeout(timer));
}

type Login = { user: string; pass: string } | { user: string; token: string };

async function openConnection(
  server: SmtpServer,
  login: Login | undefined,
  deadlineMs: number,
): Promise<Connected | { error: SmtpError }> {
  let address: string | null;
  try {
    address = (await server.vet?.()) ?? null;
  } catch (error) {
    return { error: error instanceof Error ? error : new Error('The address could not be looked up') };
  }
  const connection = new SMTPConnection({
    host: address ?? server.host,
    ...(address === null || address === server.host ? {} : { servername: server.host }),
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    connectionTimeout: server.connectTimeoutMs,
    dnsTimeout: server.connectTimeoutMs,
    greetingTimeout: server.greetingTimeoutMs,
    socketTimeout: server.socketTimeoutMs,
    socketCloseTimeout: closeTimeoutMs,
    // Not beside a password, which would go as a token where the server offers nothing else.
    ...(login && 'token' in login ? { customAuth: { [byToken]: signInByToken } } : {}),
    ...(server.caPem === undefined ? {} : { tls: { ca: server.caPem } }),
    ...(server.clientName === undefined ? {} : { name: server.clientName }),
  });
  // An error without a listener would end the process; the waiting caller gets it by callback or from `ended`.
  let lastError: SmtpError | undefined;
  connection.on('error', (error: SmtpError) => (lastError = error));
  const ended = new Promise<void>((resolve) => connection.once('end', () => resolve()));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<SmtpError>((resolve) => {
    timer = setTimeout(() => resolve(new Error('No connection in time')), Math.max(0, deadlineMs - Date.now()));
  });
  const step = async (work: (done: (error?: SmtpError | null) => void) => void): Promise<SmtpError | undefined> => {
    const done = new Promise<SmtpError | undefined>((resolve) => work((error) => resolve(error ?? undefined)));
    const early = ended.then(() => lastError ?? new Error('The server closed the connection'));
    return Promise.race([done, early, late]);
  };

  const connectError = await step((done) => connection.connect(done));
  const error =
    connectError ?? (login === undefined ? undefined : await step((done) => connection.login(authOf(login), done)));
  clearTimeout(timer);
  if (error === undefined) return { connection, ended };
  connection.close();
  return { error };
}

/** A name of our own: for `XOAUTH2` itself nodemailer takes the first method that the server offers, with the token as a password. */
const byToken = 'TOKEN';

function authOf(login: Login): SMTPConnection.AuthenticationType {
  if ('pass' in login) return { ...login };
  return { type: 'custom', method: byToken, user: login.user, pass: login.token };
}

/** The longest command without its line end that every server takes (RFC 5321, 4.5.3.1.4). */
const longestCommand = 510;

/**
 * The dialogue of XOAUTH2. A token that is too long for the command follows it, as Microsoft's are (RFC 4954, 4). A server that refuses one may say
 * why in between, and waits for an empty line.
 */
async function signInByToken({ auth, sendCommand }: SMTPConnection.CustomAuthenticationContext): Promise<boolean> {
  const { user, pass: token } = auth.credentials;
  const words = Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64');
  const command = `AUTH XOAUTH2 ${words}`;
  const isLong = command.length > longestCommand;
  const begun = await sendCommand(isLong ? 'AUTH XOAUTH2' : command);
  const first = isLong && begun.status === 334 ? await sendCommand(words) : begun;
  const { status } = first.status === 334 ? await sendCommand('') : first;
  if (status < 200 || status > 299) throw new Error('The token is refused');
  return true;
}
