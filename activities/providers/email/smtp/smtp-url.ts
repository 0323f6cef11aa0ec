import type { z } from 'zod';
import { ConfigError } from '../../../../platform/config.ts';
import { readPem } from '../../../../platform/tls/pem.ts';
import type { SmtpConfig } from './smtp-config.ts';
import type { smtpSettings } from './settings.ts';

type SmtpSettings = z.infer<z.ZodObject<typeof smtpSettings>>;

/**
 * The mail server of the settings: `smtps://` is TLS from the start (port 465), `smtp://` demands STARTTLS (port 587), and on loopback
 * asks for none (port 25); `?tls=starttls` and `?tls=none` say which. User and password are percent-encoded in the URL, and as they are in their own settings.
 * @throws ConfigError if it is no such URL, or a password would go over the network in the clear
 */
export function smtpConfig(settings: SmtpSettings): Pick<SmtpConfig, 'host' | 'port' | 'tls'> & Partial<SmtpConfig> {
  const url = URL.parse(settings.SMTP_URL);
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    throw new ConfigError(['SMTP_URL: give a URL that begins with smtp:// or smtps://, and percent-encode its parts']);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = host === 'localhost' || host === '127.0.0.1' || host === '::1';
  const asked = url.searchParams.get('tls') ?? (isLoopback ? 'none' : 'starttls');
  if (asked !== 'none' && asked !== 'starttls')
    throw new ConfigError([
      `SMTP_URL: tls=${asked} is not known: starttls and none are, and smtps:// is TLS from the start`,
    ]);
  const tls = url.protocol === 'smtps:' ? 'implicit' : asked;
  const auth = login(url, settings);
  if (auth !== null && tls === 'none' && !isLoopback)
    throw new ConfigError(['SMTP_URL: without TLS the password would go over the network in the clear']);
  const defaultPort = { implicit: 465, starttls: 587, none: 25 }[tls];
  return {
    host,
    port: url.port === '' ? defaultPort : Number(url.port),
    tls,
    maxConnections: settings.SMTP_CONNECTIONS,
    maxMailsPerConnection: settings.SMTP_MAILS_PER_CONNECTION,
    ...(auth === null ? {} : { auth }),
    ...(settings.SMTP_CA === '' ? {} : { caPem: readPem(settings.SMTP_CA) }),
    ...(settings.SMTP_CLIENT_NAME === '' ? {} : { clientName: settings.SMTP_CLIENT_NAME }),
  };
}

function login(url: URL, settings: SmtpSettings): { user: string; pass: string } | null {
  const twice = [
    url.username !== '' && settings.SMTP_USER !== '' ? 'SMTP_USER' : '',
    url.password !== '' && settings.SMTP_PASSWORD !== '' ? 'SMTP_PASSWORD' : '',
  ].filter((name) => name !== '');
  if (twice.length > 0)
    throw new ConfigError(twice.map((name) => `${name}: is in SMTP_URL too; leave one of them out`));
  const user = decoded(url.username) || settings.SMTP_USER;
  const pass = decoded(url.password) || settings.SMTP_PASSWORD;
  if (user === '' && pass === '') return null;
  if (user === '' || pass === '')
    throw new ConfigError([
      user === '' ? 'SMTP_USER: is missing beside the password' : 'SMTP_PASSWORD: is missing beside the user',
    ]);
  return { user, pass };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ConfigError(['SMTP_URL: its user or password is not percent-encoded: use SMTP_USER and SMTP_PASSWORD']);
  }
}

/** Reads `Name <address>`, `"Name" <address>` or a bare address. @throws ConfigError if it is none */
export function mailboxFromText(text: string): { name?: string; address: string } {
  const named = /^\s*"?([^"<]*?)"?\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text);
  if (named?.[2] !== undefined)
    return named[1] === '' ? { address: named[2] } : { name: named[1] ?? '', address: named[2] };
  const bare = text.trim();
  if (!/^[^\s<>"]+@[^\s<>"]+$/.test(bare))
    throw new ConfigError([`MAIL_FROM: ${text} is no address, such as hello@example.com, nor “Name <address>”`]);
  return { address: bare };
}
