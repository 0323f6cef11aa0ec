import { ConfigError } from '../../config.ts';
import { settingsTokens } from '../../mail-oauth/settings-tokens.ts';
import { mailServerAddress, type MailLogin } from '../../tls/mail-server-url.ts';
import { readPem } from '../../tls/pem.ts';
import type { ReturnedMailboxSettings } from './settings.ts';

/** How a mailbox is reached. `name` tells it from others, and has no password in it. */
export type MailboxConfig = {
  name: string;
  host: string;
  port: number;
  tls: 'implicit' | 'starttls' | 'none';
  auth: MailLogin;
  mailbox: string;
  caPem?: string;
};

/** The mailbox of the settings; null where none is named. @throws ConfigError where they do not fit together */
export function mailboxConfig(settings: ReturnedMailboxSettings): MailboxConfig | null {
  const { IMAP_URL: url, IMAP_USER: user, IMAP_PASSWORD: password, IMAP_MAILBOX: mailbox, IMAP_CA: ca } = settings;
  if (url === '') {
    const unused = [user === '' ? '' : 'IMAP_USER', password === '' ? '' : 'IMAP_PASSWORD'].filter(
      (name) => name !== '',
    );
    if (unused.length > 0) throw new ConfigError(unused.map((name) => `${name}: is of no use without IMAP_URL`));
    return null;
  }
  const ports = { implicit: 993, starttls: 143, none: 143 };
  const { auth, ...address } = mailServerAddress({
    prefix: 'IMAP',
    url,
    user,
    password,
    tokens: settingsTokens(settings),
    ports,
  });
  if (auth === undefined) throw new ConfigError(['IMAP_USER: a mailbox has a user and a password']);
  const name = `${auth.user} ${address.host}:${address.port} ${mailbox}`;
  return { name, ...address, auth, mailbox, ...(ca === '' ? {} : { caPem: readPem(ca) }) };
}
