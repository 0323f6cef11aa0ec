import type { SmtpConfig } from '../activities/providers/email/smtp-config.ts';

/**
 * Reads `smtp://user:pass@host:port` (STARTTLS, plain on loopback alone) or `smtps://…` (TLS from the start). @throws Error for
 * another scheme
 */
export function parseSmtpUrl(text: string): Pick<SmtpConfig, 'host' | 'port' | 'tls'> & Partial<SmtpConfig> {
  const url = new URL(text);
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error(`SMTP_URL must begin with smtp:// or smtps://, not ${url.protocol}//`);
  const isImplicit = url.protocol === 'smtps:';
  const isLoopback = url.hostname === 'localhost' || url.hostname.startsWith('127.') || url.hostname === '[::1]';
  const plainTls = isLoopback ? ('none' as const) : ('starttls' as const);
  return {
    host: url.hostname,
    port: url.port === '' ? (isImplicit ? 465 : 587) : Number(url.port),
    tls: isImplicit ? 'implicit' : plainTls,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  };
}

/** Reads `Name <address>` or a bare address. */
export function parseMailbox(text: string): { name: string; address: string } {
  const [, name = '', address = text.trim()] = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(text) ?? [];
  return { name, address };
}
