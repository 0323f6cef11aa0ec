import type { SmtpServer } from '../../../../platform/smtp/smtp-server.ts';

/** How to reach a mail server, and how it is used. All times are in milliseconds. */
export interface SmtpConfig extends SmtpServer {
  /** Connections open at the same time. */
  maxConnections: number;
  /** A send ends after this, waiting for a connection included. Must be below the lease of the effect. */
  sendTimeoutMs: number;
  /** A connection is discarded after being idle for this long, or after that many mails. */
  idleMs: number;
  maxMailsPerConnection: number;
}

/**
 * The settings that seldom change. The times add up to less than the 60 s that one attempt of `sendMessage` may take; 30 s idle and
 * 100 mails are below the limits of the usual servers (Postfix closes idle sessions after 300 s, Exim and Exchange after fewer mails).
 */
export const smtpDefaults = {
  maxConnections: 5,
  connectTimeoutMs: 10_000,
  greetingTimeoutMs: 10_000,
  socketTimeoutMs: 20_000,
  sendTimeoutMs: 45_000,
  idleMs: 30_000,
  maxMailsPerConnection: 100,
} as const satisfies Partial<SmtpConfig>;

/**
 * One mail to one recipient. `raw` are the frozen bytes. `fence` is asked once, after the server accepted DATA and before the first
 * byte leaves: true lets it pass and means that from now on only this attempt owns the mail.
 */
export interface MailToSend {
  envelope: { from: string; to: string };
  raw: Uint8Array;
  fence: () => Promise<boolean>;
}
