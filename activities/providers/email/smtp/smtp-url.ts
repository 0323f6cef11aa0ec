import type { z } from 'zod';
import { ConfigError } from '../../../../platform/config.ts';
import { settingsTokens } from '../../../../platform/mail-oauth/settings-tokens.ts';
import { mailServerAddress } from '../../../../platform/tls/mail-server-url.ts';
import { readPem } from '../../../../platform/tls/pem.ts';
import type { SmtpConfig } from './smtp-config.ts';
import type { smtpSettings } from './settings.ts';

type SmtpSettings = z.infer<z.ZodObject<typeof smtpSettings>>;

/** The mail server of the settings, and how it is used. @throws ConfigError as `mailServerAddress` */
export function smtpConfig(settings: SmtpSettings): Pick<SmtpConfig, 'host' | 'port' | 'tls'> & Partial<SmtpConfig> {
  const address = mailServerAddress({
    prefix: 'SMTP',
    url: settings.SMTP_URL,
    user: settings.SMTP_USER,
    password: settings.SMTP_PASSWORD,
    tokens: settingsTokens(settings),
    ports: { implicit: 465, starttls: 587, none: 25 },
  });
  return {
    ...address,
    maxConnections: settings.SMTP_CONNECTIONS,
    maxMailsPerConnection: settings.SMTP_MAILS_PER_CONNECTION,
    ...(settings.SMTP_CA === '' ? {} : { caPem: readPem(settings.SMTP_CA) }),
    ...(settings.SMTP_CLIENT_NAME === '' ? {} : { clientName: settings.SMTP_CLIENT_NAME }),
  };
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
