import type { ConnectionTest, MailServer } from '../../contracts/access/connections-api.schema.ts';
import type { EffectError } from '../../contracts/core/effects.ts';
import { connectFailure } from '../smtp/connect-failure.ts';
import { connectSmtp } from '../smtp/connect.ts';
import { dkimRecord } from '../smtp/dkim.ts';
import { dkimOf, mailServerOf, type MailAddressConfig, type MailRefreshTokens } from './mail-connection.ts';

/** A person waits for the answer. */
const times = { connectTimeoutMs: 10_000, greetingTimeoutMs: 10_000, socketTimeoutMs: 10_000 };
const wholeMs = 25_000;

/** Connects to the mail server, with TLS and sign-in as given, and sends nothing. Never throws: what went wrong, and what to do, is in the answer. */
export async function probeMailServer(
  given: MailServer,
  config: MailAddressConfig,
  refreshTokens: MailRefreshTokens,
): Promise<ConnectionTest> {
  const server = mailServerOf(given, config, refreshTokens);
  const found = await connectSmtp({ ...server, ...times }, Date.now() + wholeMs);
  if ('error' in found) {
    const failure = connectFailure(found.error, server);
    return { isWell: false, message: `${failure.message} ${hint(failure, given)}`.trim() };
  }
  found.connection.quit();
  const secured = given.tls === 'none' ? 'The mail server answers' : 'The mail server answers over TLS';
  const dkim = dkimOf(given);
  return {
    isWell: true,
    message: [
      given.user === undefined ? `${secured}.` : `${secured} and takes the sign-in.`,
      ...(dkim === null ? [] : [`The DNS has to have this at ${dkimRecord(dkim).name}: ${dkimRecord(dkim).text}`]),
    ].join(' '),
  };
}

/** What a person can do about it. */
function hint({ code, message }: EffectError, { tls, tokenUrl }: MailServer): string {
  if (code === 'email.auth' && tokenUrl !== undefined) return '';
  if (code === 'email.auth')
    return 'Give the user and the password that its provider shows for SMTP; where sign-in has two steps, that is a password for apps.';
  if (code === 'email.tls' && message.includes('speaks no TLS'))
    return 'Choose STARTTLS, which is usual at port 587, or give the port that speaks TLS from the start.';
  if (code === 'email.tls' && message.startsWith('No secure'))
    return 'It offers no STARTTLS: give the port that does, usually 587, or choose TLS from the start at port 465.';
  if (code !== 'email.connection') return '';
  return tls === 'starttls'
    ? 'Are host and port right? A port that speaks TLS from the start, as 465 does, needs that choice.'
    : 'Are host and port right?';
}
