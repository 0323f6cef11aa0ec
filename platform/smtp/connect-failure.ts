import type { EffectError } from '../../contracts/core/effects.ts';
import { TokenFailure } from '../mail-oauth/mail-tokens.ts';
import { OwnAddressError } from '../models/own-address.ts';
import type { SmtpServer } from './smtp-server.ts';
import { tlsFailure, type TlsSettings } from '../tls/tls-failure.ts';

/** The fields of nodemailer's errors that say what went wrong. */
export type SmtpError = Error & {
  code?: string | undefined;
  /** The code of the error behind this one, such as Node's own about a certificate. */
  originalCode?: string | undefined;
  command?: string | undefined;
  responseCode?: number | undefined;
  /** What the server said, with its codes. */
  response?: string | undefined;
};

const ofInstallation: TlsSettings = { ca: 'SMTP_CA', cert: 'SMTP_URL' };
const ofWorkspace: TlsSettings = { ca: 'its connection', cert: 'its documents' };

/** Whether a server does not take who signs in. One that answers with 4xx is only not able to look now (RFC 4954, 4.7.0 and 4.3.0). */
export function isRefused({ code, responseCode = 0 }: SmtpError): boolean {
  return code === 'EAUTH' && (responseCode < 400 || responseCode > 499);
}

/** Why no connection came about: `email.auth`, `email.tls` and `email.address_refused` last until a person mends them, `email.connection` may pass. */
export function connectFailure(error: SmtpError, { auth, vet }: Pick<SmtpServer, 'auth' | 'vet'>): EffectError {
  if (error instanceof TokenFailure)
    return { code: error.lasts ? 'email.auth' : 'email.connection', message: error.message };
  if (error instanceof OwnAddressError) return { code: 'email.address_refused', message: error.message };
  if (isRefused(error))
    return auth && 'tokens' in auth
      ? smtpFailure(
          'email.auth',
          'The mail server refused the token: its provider has to let this user send over SMTP, and the app do so for the user',
          error,
        )
      : smtpFailure('email.auth', 'The mail server refused the sign-in', error);
  if (error.code === 'EAUTH') return smtpFailure('email.connection', 'The mail server takes no sign-in for now', error);
  const plain = Object.assign(new Error(error.message), { code: error.originalCode });
  const reason = tlsFailure(plain, vet === undefined ? ofInstallation : ofWorkspace);
  if (reason !== null) return { code: 'email.tls', message: `The mail server cannot be used: ${reason}.` };
  if (error.code === 'ETLS') return smtpFailure('email.tls', 'No secure connection to the mail server', error);
  return smtpFailure('email.connection', 'The mail server could not be reached', error);
}

/** A failure in our words: the server's own may hold the address, so only its code is kept. */
export function smtpFailure(code: string, words: string, error: SmtpError): EffectError {
  const reason = error.responseCode ?? error.code;
  return { code, message: reason === undefined ? `${words}.` : `${words} (${reason}).` };
}
