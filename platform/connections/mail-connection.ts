import { createPrivateKey } from 'node:crypto';
import { MailServer } from '../../contracts/access/connections-api.schema.ts';
import type { Tx } from '../db/core/workspace.ts';
import { listed } from '../config.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { isVerificationKey, type MailHookSettings } from '../mail-reports/settings.ts';
import { OwnAddressError, publicHostAddress } from '../models/own-address.ts';
import { type DkimKey, signingKeyFault, signsFor } from '../smtp/dkim.ts';
import type { SmtpServer } from '../smtp/smtp-server.ts';
import { authorityFault } from '../tls/pem.ts';
import { type MailOauth, mailTokens } from '../mail-oauth/mail-tokens.ts';
import { type SealedSecret, sealedSecret } from '../db/access/secrets.ts';
import type { Reading } from '../db/core/readings.ts';
import { openCredentials, openSealed, type Opened } from './open-credentials.ts';
import type { RefreshTokens } from './refresh-grant.ts';
import { type StoredRefreshToken, storedRefreshTokens, type WithRefreshToken } from './stored-refresh-token.ts';

/** The name of the secret with a workspace's own `MailServer`, as JSON. */
export const MAIL_SECRET = 'email';

/** What screens and incidents say of a mail server that is stored and cannot be opened. */
export const UNREADABLE_MAIL =
  'What is stored for the mail server cannot be opened: this process has not been given the key that sealed it. Give it that key, or connect the mail server again.';

/** The setting that says which services are played on this machine. */
export type MailAddressConfig = { STAND_INS: string };

/** A workspace's own mail server, and when a person has set it; null where it has none. */
export function openMailServer(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<Opened<MailServer>> {
  return openCredentials(tx, keys, { workspaceId, name: MAIL_SECRET }, MailServer);
}

/** A workspace's own mail server as it is stored, which `openSealedMailServer` opens. */
export function sealedMailServer(workspaceId: string): Reading<SealedSecret | null> {
  return sealedSecret({ workspaceId, name: MAIL_SECRET });
}

/** As `openMailServer`, of what was read. */
export function openSealedMailServer(keys: MasterKeys, sealed: SealedSecret | null): Opened<MailServer> {
  return openSealed(keys, sealed, MailServer);
}

/** Where the refresh token of a mail server is kept. */
export type MailRefreshTokens = (server: MailServer & WithRefreshToken) => RefreshTokens;

/** Keeps it where the mail server is stored; nothing is shown of that but the user. */
export function storedMailTokens(of: StoredRefreshToken): MailRefreshTokens {
  const place = { name: MAIL_SECRET, open: openMailServer, shown: ({ user }: MailServer) => user ?? '' };
  return (server) => storedRefreshTokens(of, place, server);
}

/** Whose tokens sign in to mail servers; the secret of an app goes there, so no other host is taken. */
const tokenHosts = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'oauth2.googleapis.com',
];

/** What is wrong with a mail server that a person gives, beyond its schema; null where nothing is. */
export function mailServerFault(given: MailServer, config: MailAddressConfig): { path: string; words: string } | null {
  const { host, tls, fromAddress, dkimDomain } = given;
  if (!mayBeHere(host, config)) {
    const words = 'is in a network of the installation’s own: give a mail server of the internet';
    if (/^[^.:]+$|\.(local|localhost|internal)\.?$/.test(host)) return { path: 'host', words };
    if (tls === 'none') return { path: 'tls', words: 'without TLS mails and password could be read on their way' };
  }
  if (given.tokenUrl !== undefined && !givesTokens(given.tokenUrl, config))
    return {
      path: 'tokenUrl',
      words:
        'is no address of Microsoft or Google, such as https://login.microsoftonline.com/TENANT/oauth2/v2.0/token or https://oauth2.googleapis.com/token',
    };
  if (dkimDomain !== undefined && !signsFor(dkimDomain, fromAddress))
    return {
      path: 'dkimDomain',
      words: 'is neither the domain of the sender nor above it: its signature would not count',
    };
  for (const path of ['reportSecret', 'mailgunKey'] as const)
    if (!isOneOrTwo(given[path]))
      return {
        path,
        words: 'has a comma, which stands between two secrets of 16 characters at least: take one without',
      };
  const key = keyFault(given);
  if (key !== null) return { path: 'dkimKey', words: key };
  if (given.sendgridKey !== undefined && !listed(given.sendgridKey).every(isVerificationKey))
    return { path: 'sendgridKey', words: 'is no verification key as SendGrid shows it, in base64' };
  const authority = given.ca === undefined ? null : authorityFault(given.ca);
  return authority === null ? null : { path: 'ca', words: authority };
}

function givesTokens(tokenUrl: string, config: MailAddressConfig): boolean {
  const { protocol, hostname, port } = new URL(tokenUrl);
  return (protocol === 'https:' && port === '' && tokenHosts.includes(hostname)) || mayBeHere(hostname, config);
}

function isOneOrTwo(value = ''): boolean {
  const parts = value.split(',').map((part) => part.trim());
  return parts.length === 1 || (parts.length === 2 && parts.every((part) => part.length >= 16));
}

function keyFault({ dkimKey }: MailServer): string | null {
  if (dkimKey === undefined) return null;
  try {
    return signingKeyFault(createPrivateKey(dkimKey));
  } catch {
    return 'cannot be read: paste all of its lines, without a passphrase';
  }
}

/** How a workspace's own server is reached. A host of the internet is looked up once for each connection, which goes there and nowhere else. */
export function mailServerOf(
  server: MailServer,
  config: MailAddressConfig,
  refreshTokens: MailRefreshTokens,
): Pick<SmtpServer, 'host' | 'port' | 'tls' | 'auth' | 'caPem' | 'vet'> {
  const { host, port, tls, ca } = server;
  const auth = loginOf(server, refreshTokens);
  return {
    host,
    port,
    tls,
    ...(auth === undefined ? {} : { auth }),
    ...(ca === undefined ? {} : { caPem: ca }),
    vet: async () => {
      if (mayBeHere(host, config)) return null;
      const address = await publicHostAddress(host);
      if (address !== null) return address;
      throw new OwnAddressError(
        `${host} is in a network of the installation’s own: connect a mail server of the internet.`,
      );
    },
  };
}

function loginOf(server: MailServer, keptTokens: MailRefreshTokens): SmtpServer['auth'] {
  const { user, password, tokenUrl, clientId, clientSecret, refreshToken, scope } = server;
  if (user === undefined) return undefined;
  if (password !== undefined) return { user, pass: password };
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const app: MailOauth = { tokenUrl, clientId, clientSecret, ...(scope === undefined ? {} : { scope }) };
  const refreshTokens = refreshToken === undefined ? null : keptTokens({ ...server, refreshToken });
  const mend =
    'Look at the app there, or sign in there again, and connect the mail server anew under Admin, Connections.';
  return { user, tokens: mailTokens(app, { refreshTokens, mend }) };
}

/** What lies between two secrets that are stored; no secret has white space in it, and one of before may have a comma. */
const BETWEEN_TWO = ', ';

/** A mail server as it is stored: of what is two secrets, each counts. What was stored with a comma and no space is one. */
export function storedMailServer(given: MailServer): MailServer {
  const { reportSecret, mailgunKey } = given;
  const two = (value: string): string => listed(value).join(BETWEEN_TWO);
  return {
    ...given,
    ...(reportSecret === undefined ? {} : { reportSecret: two(reportSecret) }),
    ...(mailgunKey === undefined ? {} : { mailgunKey: two(mailgunKey) }),
  };
}

/** What reports of a workspace's own mails are believed by, as the settings say it for the installation's. */
export function mailHooksOf({ reportSecret, sesTopic, sendgridKey, mailgunKey }: MailServer): MailHookSettings {
  const given = (value = ''): string[] => (value.includes(BETWEEN_TWO) ? listed(value) : [value].filter(Boolean));
  return {
    MAIL_HOOK_SECRET: given(reportSecret),
    POSTMARK_HOOK_SECRET: given(reportSecret),
    SES_TOPICS: listed(sesTopic ?? ''),
    SENDGRID_HOOK_KEY: listed(sendgridKey ?? ''),
    MAILGUN_HOOK_KEY: given(mailgunKey),
  };
}

/** The key that signs a workspace's own mails; null where the server signs. */
export function dkimOf({
  dkimDomain: domain,
  dkimSelector: selector,
  dkimKey: privateKeyPem,
}: MailServer): DkimKey | null {
  if (domain === undefined || selector === undefined || privateKeyPem === undefined) return null;
  return { domain, selector, privateKeyPem };
}

/** A server on this machine is taken where the local stack plays mail: then all who use it sit at this machine. */
function mayBeHere(host: string, { STAND_INS }: MailAddressConfig): boolean {
  return STAND_INS.split(',').includes('email') && ['localhost', '127.0.0.1', '::1'].includes(host);
}
