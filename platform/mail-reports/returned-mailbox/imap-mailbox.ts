import type { ImapFlow } from 'imapflow';
import { mostMailBytes } from '../returned-mail.ts';
import { mailboxFailure, SignInRefused } from './mailbox-failure.ts';
import type { MailboxConfig } from './mailbox-config.ts';

/**
 * A mail of the mailbox: its first bytes, no more than `mostMailBytes`; none where the server says that it is there and gives nothing of it. Null
 * where it has gone meanwhile.
 */
export type MailOfBox = { bytes: Buffer | null; isCut: boolean } | null;

/**
 * A mailbox that is open. Numbers of mails (UIDs) rise and stay as long as `validity` does; `nextUid` is the least that a mail to come will have.
 * Each call throws a MailboxFailure where the server fails or hangs.
 */
export type OpenMailbox = {
  validity: string;
  nextUid: number;
  /** The numbers above `uid`, rising; of unread mails alone where `isUnread`. */
  above(uid: number, which: { isUnread: boolean }): Promise<number[]>;
  /** Reads a mail, which stays unread there. */
  read(uid: number): Promise<MailOfBox>;
  /** Marks a mail as read; false where the server does not let us, then it stays as it is. */
  markRead(uid: number): Promise<boolean>;
  close(): Promise<void>;
};

/** A server that answers nothing for so long hangs. */
const silenceMs = 30_000;

/** Signs in to a mailbox and opens it, until `signal` at the latest. A token that its server refuses is got anew, once. @throws MailboxFailure */
export async function openMailbox(config: MailboxConfig, signal: AbortSignal): Promise<OpenMailbox> {
  const { auth } = config;
  if ('pass' in auth) return openBy({ pass: auth.pass }, config, signal);
  const { tokens } = auth;
  const got = (token: Promise<string>): Promise<string> =>
    token.catch((error: unknown) => {
      throw mailboxFailure(error, config);
    });
  const accessToken = await got(tokens.current());
  try {
    return await openBy({ accessToken }, config, signal);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    return openBy({ accessToken: await got(tokens.renew(accessToken)) }, config, signal);
  }
}

type Credentials = { pass: string } | { accessToken: string };

async function openBy(credentials: Credentials, config: MailboxConfig, signal: AbortSignal): Promise<OpenMailbox> {
  const client = await createClient(config, credentials);
  // An error without a listener would end the process; the call under way gets it too.
  client.on('error', () => undefined);
  const stop = (): void => client.close();
  signal.addEventListener('abort', stop, { once: true });
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      stop();
      throw mailboxFailure(error, config);
    }
  };
  await step(() => client.connect());
  const { uidValidity, uidNext } = await step(() => client.mailboxOpen(config.mailbox));
  return {
    validity: String(uidValidity),
    nextUid: uidNext,
    above: (uid, { isUnread }) =>
      step(async () => {
        const found = await client.search({ uid: `${uid + 1}:*`, ...(isUnread ? { seen: false } : {}) }, { uid: true });
        if (!Array.isArray(found)) throw new Error('The server refused to search');
        // The last mail is in every range that ends with a star (RFC 3501, 9).
        return found.filter((each) => each > uid).toSorted((a, b) => a - b);
      }),
    read: (uid) =>
      step(async () => {
        const wanted = { size: true, source: { start: 0, maxLength: mostMailBytes + 1 } };
        const mail = await client.fetchOne(String(uid), wanted, { uid: true });
        if (mail === false || mail.source === undefined) return null;
        // The library's types do not know a body of NIL, of one that has gone (RFC 2180, 4.1) or is damaged.
        const source: unknown = mail.source;
        if (!Buffer.isBuffer(source)) {
          const found = await client.search({ uid: String(uid) }, { uid: true });
          return Array.isArray(found) && found.length > 0 ? { bytes: null, isCut: false } : null;
        }
        return { bytes: source.subarray(0, mostMailBytes), isCut: source.length > mostMailBytes };
      }),
    markRead: (uid) =>
      step(async () => {
        const isMarked = await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
        if (!isMarked && !client.usable) throw new Error('The connection ended');
        return isMarked;
      }),
    async close() {
      signal.removeEventListener('abort', stop);
      await client.logout().catch(() => client.close());
    },
  };
}

/** The library is loaded once there is a mailbox to read. It logs nothing: its lines have addresses and bodies. */
async function createClient(
  { host, port, tls, auth, caPem }: MailboxConfig,
  credentials: Credentials,
): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow');
  return new ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'starttls' }),
    auth: { user: auth.user, ...credentials },
    ...(caPem === undefined ? {} : { tls: { ca: caPem } }),
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    maxLiteralSize: 2 * mostMailBytes,
  });
}
