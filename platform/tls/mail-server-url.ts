import { ConfigError } from '../config.ts';
import type { TokenSource } from '../connections/token-source.ts';

/** The three settings that say where a mail server is, with what their names begin: `SMTP_URL`, `SMTP_USER`, `SMTP_PASSWORD`. */
export type MailServerSettings = {
  prefix: string;
  url: string;
  user: string;
  password: string;
  /** Where a user without a password gets tokens from, if anywhere. */
  tokens: TokenSource | null;
  /** The usual port of each kind of encryption. */
  ports: { implicit: number; starttls: number; none: number };
};

/** Who signs in: by a password, or by tokens (XOAUTH2). */
export type MailLogin = { user: string; pass: string } | { user: string; tokens: TokenSource };

/** Where a mail server is, how it is encrypted, and who signs in, where anyone does. */
export type MailServerAddress = {
  host: string;
  port: number;
  tls: 'implicit' | 'starttls' | 'none';
  auth?: MailLogin;
};

/**
 * The mail server of the settings. Of `SMTP_URL`, `smtps://` is TLS from the start, `smtp://` demands STARTTLS and asks for none on loopback;
 * `?tls=starttls` and `?tls=none` say which. User and password are percent-encoded in the URL, and as they are in their own settings.
 * @throws ConfigError if it is no such URL, or a password would go over the network in the clear
 */
export function mailServerAddress(settings: MailServerSettings): MailServerAddress {
  const { prefix, ports } = settings;
  const name = `${prefix}_URL`;
  const scheme = prefix.toLowerCase();
  const url = URL.parse(settings.url);
  if (url === null || ![`${scheme}:`, `${scheme}s:`].includes(url.protocol) || url.hostname === '')
    throw new ConfigError([
      `${name}: give a URL that begins with ${scheme}:// or ${scheme}s://, and percent-encode its parts`,
    ]);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = host === 'localhost' || host === '127.0.0.1' || host === '::1';
  const asked = url.searchParams.get('tls') ?? (isLoopback ? 'none' : 'starttls');
  if (asked !== 'none' && asked !== 'starttls')
    throw new ConfigError([
      `${name}: tls=${asked} is not known: starttls and none are, and ${scheme}s:// is TLS from the start`,
    ]);
  const tls = url.protocol === `${scheme}s:` ? 'implicit' : asked;
  const auth = login(url, settings);
  if (auth !== null && tls === 'none' && !isLoopback)
    throw new ConfigError([`${name}: without TLS the password would go over the network in the clear`]);
  return {
    host,
    port: url.port === '' ? ports[tls] : Number(url.port),
    tls,
    ...(auth === null ? {} : { auth }),
  };
}

function login(url: URL, settings: MailServerSettings): MailLogin | null {
  const { prefix } = settings;
  const twice = [
    url.username !== '' && settings.user !== '' ? `${prefix}_USER` : '',
    url.password !== '' && settings.password !== '' ? `${prefix}_PASSWORD` : '',
  ].filter((name) => name !== '');
  if (twice.length > 0)
    throw new ConfigError(twice.map((name) => `${name}: is in ${prefix}_URL too; leave one of them out`));
  const user = decoded(prefix, url.username) || settings.user;
  const pass = decoded(prefix, url.password) || settings.password;
  if (user === '' && pass === '') return null;
  if (user !== '' && pass === '' && settings.tokens !== null) return { user, tokens: settings.tokens };
  if (user === '' || pass === '')
    throw new ConfigError([
      user === ''
        ? `${prefix}_USER: is missing beside the password`
        : `${prefix}_PASSWORD: is missing beside the user, and no MAIL_OAUTH_TOKEN_URL is set`,
    ]);
  return { user, pass };
}

function decoded(prefix: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigError([
      `${prefix}_URL: its user or password is not percent-encoded: use ${prefix}_USER and ${prefix}_PASSWORD`,
    ]);
  }
}
