import type { FetchMessageObject, ImapFlow } from 'imapflow';
import { mostMailBytes } from '../returned-mail.ts';
import { mailboxFailure } from './mailbox-failure.ts';
import type { MailboxConfig } from './mailbox-config.ts';

/** A mail of the mailbox: its bytes, `tooLarge` where it has more than `mostMailBytes`, null where it has gone meanwhile. */
export type MailOfBox = Buffer | 'tooLarge' | null;

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
  /** Marks a mail as read; where the server does not let us, it stays as it is. */
  markRead(uid: number): Promise<void>;
  close(): Promise<void>;
};

/** A server that answers nothing for so long hangs. */
const silenceMs = 30_000;

/** Signs in to a mailbox and opens it, until `signal` at the latest. @throws MailboxFailure */
export async function openMailbox(config: MailboxConfig, signal: AbortSignal): Promise<OpenMailbox> {
  const client = await createClient(config);
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
        const source = { start: 0, maxLength: mostMailBytes + 1 };
        return bytesOf(await client.fetchOne(String(uid), { size: true, source }, { uid: true }));
      }),
    async markRead(uid) {
      await step(async () => {
        const isMarked = await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
        if (!isMarked && !client.usable) throw new Error('The connection ended');
      });
    },
    async close() {
      signal.removeEventListener('abort', stop);
      await client.logout().catch(() => client.close());
    },
  };
}

function bytesOf(mail: FetchMessageObject | false): MailOfBox {
  if (mail === false || mail.source === undefined) return null;
  return mail.source.length > mostMailBytes ? 'tooLarge' : mail.source;
}

/** The library is loaded once there is a mailbox to read. It logs nothing: its lines have addresses and bodies. */
async function createClient({ host, port, tls, auth, caPem }: MailboxConfig): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow');
  return new ImapFlow({
    host,
    port,
    secure: tls === 'implicit',
    ...(tls === 'implicit' ? {} : { doSTARTTLS: tls === 'starttls' }),
    auth: { user: auth.user, pass: auth.pass },
    ...(caPem === undefined ? {} : { tls: { ca: caPem } }),
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: silenceMs,
    greetingTimeout: silenceMs,
    socketTimeout: silenceMs,
    maxLiteralSize: 2 * mostMailBytes,
  });
}
