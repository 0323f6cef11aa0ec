import type { SmtpConfig } from './smtp-config.ts';

/**
 * Reads a mail server's URL: `smtps://` is TLS from the start (port 465), `smtp://` demands STARTTLS (port 587), and on loopback neither is
 * asked for (port 25). User and password are percent-encoded in it.
 * @throws Error if it is no such URL, or would send a password in the clear
 */
export function smtpConfigFromUrl(text: string): Pick<SmtpConfig, 'host' | 'port' | 'tls' | 'auth'> {
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error('The mail server’s URL must begin with smtp:// or smtps://.');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isLoopback = host === 'localhost' || host === '127.0.0.1' || host === '::1';
  const tls = url.protocol === 'smtps:' ? 'implicit' : isLoopback ? 'none' : 'starttls';
  const defaultPort = { implicit: 465, starttls: 587, none: 25 }[tls];
  return {
    host,
    port: url.port === '' ? defaultPort : Number(url.port),
    tls,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  };
}

/** Reads `Name <address>`, `"Name" <address>` or a bare address. @throws Error if it is none */
export function mailboxFromText(text: string): { name?: string; address: string } {
  const named = /^\s*"?([^"<]*?)"?\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text);
  if (named?.[2] !== undefined)
    return named[1] === '' ? { address: named[2] } : { name: named[1] ?? '', address: named[2] };
  const bare = text.trim();
  if (!/^[^\s<>"]+@[^\s<>"]+$/.test(bare)) throw new Error('The sender must be an address or “Name <address>”.');
  return { address: bare };
}
