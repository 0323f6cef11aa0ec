import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpError } from './connect-failure.ts';
import type { SmtpServer } from './smtp-server.ts';

/** A connection that is being closed waits this long for the server's half, then is destroyed. */
const closeTimeoutMs = 1_000;

/** An open connection. `ended` resolves when it is closed, by whichever side. */
export type Connected = { connection: SMTPConnection; ended: Promise<void> };

/**
 * Opens a connection, with TLS and sign-in as the server is to have them, until `deadlineMs` (Unix time) at the latest. Never throws: what went
 * wrong is in the answer.
 */
export async function connectSmtp(server: SmtpServer, deadlineMs: number): Promise<Connected | { error: SmtpError }> {
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
  const { auth } = server;
  const error =
    connectError ?? (auth === undefined ? undefined : await step((done) => connection.login({ ...auth }, done)));
  clearTimeout(timer);
  if (error === undefined) return { connection, ended };
  connection.close();
  return { error };
}
