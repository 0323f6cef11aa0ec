import type { EffectError } from '../../../../contracts/core/effects.ts';
import type { MailOutcome } from '../../../../contracts/core/providers.ts';
import { addressStatus } from '../../../../domain/messaging/mail-status.ts';
import { tlsFailure } from '../../../../platform/tls/tls-failure.ts';

/** The fields of nodemailer's errors that the classes below look at. */
export type SmtpError = Error & {
  code?: string | undefined;
  /** The code of the error behind this one, such as Node's own about a certificate. */
  originalCode?: string | undefined;
  command?: string | undefined;
  responseCode?: number | undefined;
  /** What the server said, with its codes. */
  response?: string | undefined;
};

type Deferred = MailOutcome & { kind: 'deferred' };

/** How long to wait after a refused sign-in: a person must fix the settings, and servers lock out repeated attempts. */
const authRetryMs = 60_000;

/** What a server says to a mail without a sign-in, or with one that it does not take (RFC 4954, 6): a matter of the settings. */
const wantsSignIn = new Set([530, 534, 535, 538]);

const tlsSettings = { ca: 'SMTP_CA', cert: 'SMTP_URL' };

/** A connection that could not be opened says nothing about the mail: it is always tried again. */
export function ofConnecting(error: SmtpError): Deferred {
  if (error.code === 'EAUTH') {
    return {
      kind: 'deferred',
      retryAfterMs: authRetryMs,
      error: said('email.auth', 'The mail server refused the sign-in', error),
    };
  }
  const reason = tlsFailure(Object.assign(new Error(error.message), { code: error.originalCode }), tlsSettings);
  if (reason !== null)
    return { kind: 'deferred', error: { code: 'email.tls', message: `The mail server cannot be used: ${reason}.` } };
  if (error.code === 'ETLS')
    return { kind: 'deferred', error: said('email.tls', 'No secure connection to the mail server', error) };
  return { kind: 'deferred', error: said('email.connection', 'The mail server could not be reached', error) };
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
      return { kind: 'rejected', error: said('email.invalid_address', 'The address cannot be used', error) };
    if (error.code === 'EMESSAGE')
      return { kind: 'rejected', error: said('email.too_large', 'The mail is too large for the server', error) };
    return {
      kind: 'deferred',
      error: said('email.connection', 'The connection ended before the mail was sent', error),
    };
  }
  if (wantsSignIn.has(code))
    return {
      kind: 'deferred',
      retryAfterMs: authRetryMs,
      error: said('email.auth', 'The mail server wants a sign-in: see SMTP_USER', error),
    };
  const isForGood = code >= 500 && code !== 503;
  if (!isForGood)
    return { kind: 'deferred', error: said('email.deferred', 'The mail server asks to try later', error) };
  const isRecipient = error.command === 'RCPT TO';
  const words = isRecipient ? 'The mail server refused the recipient' : 'The mail server refused the mail';
  const refused = said(isRecipient ? 'email.recipient_refused' : 'email.refused', words, error);
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
    return { kind: 'unknown', error: said('email.no_reply', 'The mail was handed over and no reply came', error) };
  }
  if (code < 500 || code === 503)
    return { kind: 'deferred', error: said('email.deferred', 'The mail server asks to try later', error) };
  return { kind: 'rejected', error: said('email.refused', 'The mail server refused the mail', error) };
}

/** The server's own words may hold the address, so only its code is kept. */
function said(code: string, words: string, error: SmtpError): EffectError {
  const reason = error.responseCode ?? error.code;
  return { code, message: reason === undefined ? `${words}.` : `${words} (${reason}).` };
}
