import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { simpleParser } from 'mailparser';
import { z } from 'zod';
import type { Faults } from '../control/faults.ts';
import type { Journal, JournalEntry } from '../control/journal.ts';
import { serveSmtp, type ReceivedMail } from './smtp-session.ts';

/** What the journal holds of a mail; `rawBase64` are the bytes exactly as received, dots unstuffed. */
export const MailDetails = z.strictObject({
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  sizeBytes: z.int(),
  rawBase64: z.string(),
});
export type MailDetails = z.infer<typeof MailDetails>;

/** A caught mail, taken apart. `headers` has lower-case names and unfolded values. */
export interface CaughtMail {
  seq: number;
  at: string;
  messageId: string;
  from: string;
  to: string[];
  subject: string;
  headers: Record<string, string>;
  text: string;
  html: string;
  raw: Buffer;
}

/** The mail catcher. */
export interface MailDouble {
  port: number;
  /** Connections accepted since the start. */
  connectionCount(): number;
  stop(): Promise<void>;
}

/**
 * Starts an SMTP server on loopback that keeps every mail in `journal`, with the Message-ID as key. While a `refuse` fault
 * holds its port is closed.
 */
export async function startMailDouble(input: {
  port: number;
  faults: Faults;
  journal: Journal;
  /** Whether PIPELINING is offered, as most servers do; true if left out. */
  isPipelining?: boolean;
}): Promise<MailDouble> {
  const { faults, journal } = input;
  const sockets = new Set<Socket>();
  let connections = 0;
  const keep = (mail: ReceivedMail): string => String(journal.append(entryOf(mail)).seq);
  const create = (): Server =>
    // Without this each of several pipelined replies waits for the client's delayed ACK, 40 ms.
    createServer({ noDelay: true }, (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      serveSmtp({ socket, faults, keep, isPipelining: input.isPipelining ?? true });
    });
  let server = create();
  await listen(server, input.port);
  const port = (server.address() as AddressInfo).port;

  let isStopped = false;
  let isOpening = false;
  const followRefusal = async (): Promise<void> => {
    if (isStopped || isOpening) return;
    const shouldRefuse = faults.holds('mail', 'refuse');
    if (shouldRefuse && server.listening) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
    if (!shouldRefuse && !server.listening) {
      isOpening = true;
      server = create();
      await listen(server, port);
      isOpening = false;
    }
  };
  faults.onChange(() => void followRefusal());
  // A refusal with a duration ends without a change being reported; 50 ms is below what a test notices.
  const poll = setInterval(() => void followRefusal(), 50);
  poll.unref();

  return {
    port,
    connectionCount: () => connections,
    stop: () => {
      isStopped = true;
      clearInterval(poll);
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Takes a journal entry of the mail catcher apart, for screens and tests. */
export async function readCaughtMail(entry: JournalEntry): Promise<CaughtMail> {
  const details = MailDetails.parse(entry.details);
  const raw = Buffer.from(details.rawBase64, 'base64');
  const parsed = await simpleParser(raw, { skipHtmlToText: true, skipTextToHtml: true });
  const headers: Record<string, string> = {};
  for (const { key, line } of parsed.headerLines) {
    headers[key] = line
      .slice(line.indexOf(':') + 1)
      .replaceAll(/\r?\n\s+/g, ' ')
      .trim();
  }
  return {
    seq: entry.seq,
    at: entry.at,
    messageId: entry.key,
    from: details.from,
    to: details.to,
    subject: parsed.subject ?? '',
    headers,
    text: parsed.text ?? '',
    html: typeof parsed.html === 'string' ? parsed.html : '',
    raw,
  };
}

function entryOf(mail: ReceivedMail): { kind: string; key: string; details: MailDetails } {
  const head = mail.raw.toString('utf8').split(/\r\n\r\n/, 1)[0] ?? '';
  return {
    kind: 'mail',
    key: headerIn(head, 'message-id'),
    details: {
      from: mail.from,
      to: mail.to,
      subject: headerIn(head, 'subject'),
      sizeBytes: mail.raw.length,
      rawBase64: mail.raw.toString('base64'),
    },
  };
}

function headerIn(head: string, name: string): string {
  const unfolded = head.replaceAll(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
