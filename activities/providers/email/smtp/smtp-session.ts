import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { MailOutcome } from '../../../../contracts/core/providers.ts';
import type { SmtpError } from '../../../../platform/smtp/connect-failure.ts';
import { type Connected, connectSmtp } from '../../../../platform/smtp/connect.ts';
import { createFencedBody, type FencedBody } from './fenced-body.ts';
import type { MailToSend, SmtpConfig } from './smtp-config.ts';
import { ofConnecting, ofUnread, ofUnreplied } from './smtp-outcome.ts';

/** One open connection to the mail server, used for one mail after the other. */
export interface SmtpSession {
  /** Mails sent over it so far. */
  mailCount(): number;
  /** Whether it may carry another mail. */
  isUsable(): boolean;
  /** Sends one mail; never throws. Ends at `deadlineMs` (Unix time) at the latest, with what is known by then. */
  send(mail: MailToSend, deadlineMs: number): Promise<SendResult>;
  close(): void;
}

/** `isStale`: the connection was dead before anything of this mail was read, so another one may be tried. */
export interface SendResult {
  outcome: MailOutcome;
  isStale: boolean;
}

/** A server that does not answer RSET for this long is not worth keeping. */
const resetTimeoutMs = 2_000;

/**
 * Opens a connection, with TLS and sign-in as configured, until `deadlineMs` (Unix time) at the latest. The failure says what to do
 * with the mail that wanted it.
 */
export async function openSmtpSession(
  config: SmtpConfig,
  deadlineMs: number,
): Promise<{ session: SmtpSession } | { failure: MailOutcome & { kind: 'deferred' } }> {
  const opened = await connectSmtp(config, deadlineMs);
  if ('error' in opened) return { failure: ofConnecting(opened.error, config) };
  readBeforeTimeout(opened.connection, config.socketTimeoutMs);
  return { session: createSession(opened) };
}

/**
 * Has a quiet connection ended only after its socket was read once more. A process that was frozen wakes with its timers overdue, and a
 * reply that came meanwhile waits behind them.
 */
function readBeforeTimeout(connection: SMTPConnection, timeoutMs: number): void {
  const { _socket: socket } = connection;
  if (!socket) return;
  socket.removeAllListeners('timeout');
  socket.setTimeout(timeoutMs, () => {
    const { bytesRead } = socket;
    setImmediate(() => {
      if (socket.bytesRead === bytesRead) socket.destroy(noReply());
    });
  });
}

function noReply(): SmtpError {
  return Object.assign(new Error('No reply in time'), { code: 'ETIMEDOUT' });
}

function createSession({ connection, ended }: Connected): SmtpSession {
  let mails = 0;
  let isSpent = false;

  function close(): void {
    isSpent = true;
    connection.close();
  }

  async function send(mail: MailToSend, deadlineMs: number): Promise<SendResult> {
    const isFirst = mails === 0;
    mails += 1;
    const body = createFencedBody(mail.raw, mail.fence);
    const result = await deliver(mail, body, deadlineMs);
    if (result.kind === 'sent') return { outcome: result, isStale: false };
    if (body.wasAsked()) {
      // Anything that follows on this connection could be taken for text of the message.
      close();
      await body.settled();
      return { outcome: afterFence(body, result.error), isStale: false };
    }
    body.stream.destroy();
    const isLost = result.error.responseCode === undefined || result.error.responseCode === 421;
    if (isLost || !(await reset())) close();
    return { outcome: ofUnread(result.error), isStale: isLost && !isFirst && connection.destroyed };
  }

  function deliver(mail: MailToSend, body: FencedBody, deadlineMs: number): Promise<Delivery> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        // Not before the socket was read once more, as for a quiet connection.
        () => setImmediate(() => resolve({ kind: 'failed', error: noReply() })),
        Math.max(0, deadlineMs - Date.now()),
      );
      const envelope = { from: mail.envelope.from, to: [mail.envelope.to], size: mail.raw.length };
      connection.send(envelope, body.stream, (error, info) => {
        clearTimeout(timer);
        if (error === null)
          resolve({ kind: 'sent', reply: info.response, serverMessageId: info.serverMessageId ?? null });
        else resolve({ kind: 'failed', error });
      });
    });
  }

  async function reset(): Promise<boolean> {
    if (connection.destroyed) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), resetTimeoutMs);
    });
    const done = new Promise<boolean>((resolve) => connection.reset((error) => resolve(error === null)));
    const isReset = await Promise.race([done, late, ended.then(() => false)]);
    clearTimeout(timer);
    return isReset;
  }

  return { mailCount: () => mails, isUsable: () => !isSpent && !connection.destroyed, send, close };
}

type Delivery = (MailOutcome & { kind: 'sent' }) | { kind: 'failed'; error: SmtpError };

function afterFence(body: FencedBody, error: SmtpError): MailOutcome {
  switch (body.verdict()) {
    case 'refused':
      return { kind: 'fenced' };
    case 'failed':
      return {
        kind: 'deferred',
        error: { code: 'email.fence_failed', message: 'The fence could not be asked; nothing was sent.' },
      };
    case 'open':
    case 'allowed':
      return body.released()
        ? ofUnreplied(error)
        : {
            kind: 'deferred',
            error: { code: 'email.connection', message: 'The connection ended before a byte was sent.' },
          };
  }
}
