import { TokenFailure } from '../../mail-oauth/mail-tokens.ts';
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

/** The server does not take who signs in. */
export class SignInRefused extends MailboxFailure {}

/** What an error of the IMAP library comes to. The server's own words stay out of it: they may hold an address. */
export function mailboxFailure(
  error: unknown,
  { mailbox, auth }: Pick<MailboxConfig, 'mailbox' | 'auth'>,
): MailboxFailure {
  if (error instanceof MailboxFailure) return error;
  if (error instanceof TokenFailure) return new MailboxFailure(error.message, error.lasts);
  const { authenticationFailed, tlsFailed, mailboxMissing, code } = partsOf(error);
  if (authenticationFailed === true)
    return new SignInRefused(
      'tokens' in auth
        ? 'The server of the mailbox refused the token: its provider has to let IMAP_USER be read over IMAP, and the app do so for that user.'
        : 'The server of the mailbox refused the sign-in. Set IMAP_USER and IMAP_PASSWORD to what its provider shows for IMAP; where sign-in has two steps, that is a password for apps.',
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
