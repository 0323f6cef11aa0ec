import { tlsFailure } from '../../tls/tls-failure.ts';
import type { MailboxConfig } from './mailbox-config.ts';

/** Why a mailbox cannot be read, in a sentence with what to do. `lasts` where only a person mends it; else it may pass by itself. */
export class MailboxFailure extends Error {
  readonly lasts: boolean;

  constructor(message: string, lasts: boolean) {
    super(message);
    this.lasts = lasts;
  }
}

/** What an error of the IMAP library comes to. The server's own words stay out of it: they may hold an address. */
export function mailboxFailure(error: unknown, { mailbox }: Pick<MailboxConfig, 'mailbox'>): MailboxFailure {
  if (error instanceof MailboxFailure) return error;
  const { authenticationFailed, tlsFailed, mailboxMissing, code } = partsOf(error);
  if (authenticationFailed === true)
    return new MailboxFailure(
      'The server of the mailbox refused the sign-in. Set IMAP_USER and IMAP_PASSWORD to what its provider shows for IMAP; where sign-in has two steps, that is a password for apps.',
      true,
    );
  const reason = tlsFailure(error, { ca: 'IMAP_CA', cert: 'IMAP_URL' });
  if (reason !== null) return new MailboxFailure(`The server of the mailbox cannot be used: ${reason}.`, true);
  if (tlsFailed === true)
    return new MailboxFailure(
      'The server of the mailbox offers no STARTTLS. Let IMAP_URL begin with imaps://, with the port of TLS from the start.',
      true,
    );
  if (mailboxMissing === true)
    return new MailboxFailure(`The server has no folder ${mailbox}. Set IMAP_MAILBOX to one that is there.`, true);
  const shown = typeof code === 'string' && /^\w+$/.test(code) ? ` (${code})` : '';
  return new MailboxFailure(`The mailbox could not be reached${shown}. Are host and port of IMAP_URL right?`, false);
}

type Parts = Partial<Record<'authenticationFailed' | 'tlsFailed' | 'mailboxMissing' | 'code', unknown>>;

function partsOf(error: unknown): Parts {
  return typeof error === 'object' && error !== null ? error : {};
}
