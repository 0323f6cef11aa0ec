import type { MailOutcome } from '../../../../contracts/core/providers.ts';
import { addressStatus } from '../../../../domain/messaging/mail-status.ts';
import { connectFailure, smtpFailure, type SmtpError } from '../../../../platform/smtp/connect-failure.ts';
import type { SmtpServer } from '../../../../platform/smtp/smtp-server.ts';

type Deferred = MailOutcome & { kind: 'deferred' };

/** How long to wait where a person must mend the settings: servers lock out repeated sign-ins. */
export const settingsRetryMs = 60_000;

/** What a server says to a mail without a sign-in, or with one that it does not take (RFC 4954, 6): a matter of the settings. */
const wantsSignIn = new Set([530, 534, 535, 538]);

/** A connection that could not be opened says nothing about the mail: it is always tried again, what a person has to mend not at once. */
export function ofConnecting(error: SmtpError, server: Pick<SmtpServer, 'auth' | 'vet'>): Deferred {
  const failure = connectFailure(error, server);
  const lasts = failure.code === 'email.auth' || failure.code === 'email.address_refused';
  return { kind: 'deferred', ...(lasts ? { retryAfterMs: settingsRetryMs } : {}), error: failure };
}

/**
 * A failure before the first byte was read: certainly not sent. A 5xx to MAIL, RCPT or DATA refuses this mail for good (503 does not: it
 * means that the session was out of step); everything else is tried again.
 */
export function ofUnread(error: SmtpError): MailOutcome {
  const code = error.responseCode;
  if (code === undefined) {
    // nodemailer itself refuses an impossible address, or a message above the size that the server announced.
    if (error.code === 'EENVELOPE')
      return { kind: 'rejected', error: smtpFailure('email.invalid_address', 'The address cannot be used', error) };
    if (error.code === 'EMESSAGE')
      return { kind: 'rejected', error: smtpFailure('email.too_large', 'The mail is too large for the server', error) };
    return {
      kind: 'deferred',
      error: smtpFailure('email.connection', 'The connection ended before the mail was sent', error),
    };
  }
  if (wantsSignIn.has(code))
    return {
      kind: 'deferred',
      retryAfterMs: settingsRetryMs,
      error: smtpFailure('email.auth', 'The mail server wants a sign-in by a user and a password', error),
    };
  const isForGood = code >= 500 && code !== 503;
  if (!isForGood)
    return { kind: 'deferred', error: smtpFailure('email.deferred', 'The mail server asks to try later', error) };
  const isRecipient = error.command === 'RCPT TO';
  const words = isRecipient ? 'The mail server refused the recipient' : 'The mail server refused the mail';
  const refused = smtpFailure(isRecipient ? 'email.recipient_refused' : 'email.refused', words, error);
  const bounce = isRecipient ? bounceOf(code, error.response ?? '') : null;
  return { kind: 'rejected', error: refused, ...(bounce === null ? {} : { bounce }) };
}

/**
 * The codes of a reply that says that there is no such address: 5.1.x of RFC 3463 but those about the sender, 5.2.1 (a closed mailbox), or without
 * such a code 550, 551 and 553. A full mailbox, a policy or a list of senders says nothing of the address; then null.
 */
function bounceOf(code: number, response: string): string | null {
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(response)?.[0];
  if (enhanced === undefined) return [550, 551, 553].includes(code) ? String(code) : null;
  return addressStatus(enhanced) === 'gone' ? `${code} ${enhanced}` : null;
}

/** A failure after bytes had left. A reply is a definite answer; without one the outcome is unknown. */
export function ofUnreplied(error: SmtpError): MailOutcome {
  const code = error.responseCode;
  if (code === undefined || code < 400) {
    return {
      kind: 'unknown',
      error: smtpFailure('email.no_reply', 'The mail was handed over and no reply came', error),
    };
  }
  if (code < 500 || code === 503)
    return { kind: 'deferred', error: smtpFailure('email.deferred', 'The mail server asks to try later', error) };
  return { kind: 'rejected', error: smtpFailure('email.refused', 'The mail server refused the mail', error) };
}
