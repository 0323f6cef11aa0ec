import { LRUCache } from 'lru-cache';
import type { MailServer } from '../../contracts/access/connections-api.schema.ts';
import {
  dkimOf,
  type MailAddressConfig,
  mailServerOf,
  openSealedMailServer,
  sealedMailServer,
  storedMailTokens,
  UNREADABLE_MAIL,
} from '../../platform/connections/mail-connection.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import { type MailSender, mailSender } from '../../platform/db/access/mail-sender.ts';
import type { SealedSecret } from '../../platform/db/access/secrets.ts';
import { type Reading, together } from '../../platform/db/core/readings.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import { envelopeOf, type MessageSigning } from '../providers/email/build-message.ts';
import { settingsRetryMs } from '../providers/email/smtp/smtp-outcome.ts';
import { createSmtpPool, type EmailSender } from '../providers/email/smtp/smtp-pool.ts';
import { domainOf } from './mail-signing.ts';
import { addressInAscii, type Mailbox, senderOf, type Senders } from './senders.ts';

/** By which server a mail goes, from whom it comes, and what signs it. `returnPath` is as the setting MAIL_RETURN_PATH. */
export type MailRoute = {
  email: EmailSender;
  signing: MessageSigning;
  returnPath: string;
  from: Mailbox;
  replyTo?: Mailbox;
};

/** What the settings of the installation come to. */
export type InstallationMail = { email: EmailSender; signing: MessageSigning; senders: Senders; returnPath: string };

/** What is stored of how a workspace's mail goes. */
export type StoredMail = { workspaceId: string; server: SealedSecret | null; sender: MailSender };

/** What is stored of how a workspace's mail goes, as it is now. */
export function storedMail(workspaceId: string): Reading<StoredMail> {
  const { query, from } = together({ server: sealedMailServer(workspaceId), sender: mailSender(workspaceId) });
  return { query, from: (rows) => ({ workspaceId, ...from(rows) }) };
}

/**
 * Finds the route of a workspace's mail: its own server, else the installation's. `frozen` are the bytes of a mail that was written before: one
 * from a sender of the installation goes by its server. `unreadable` where nothing may be written, as what is stored cannot be opened.
 */
export type MailOf = (stored: StoredMail, frozen: Uint8Array | null) => Promise<MailRoute | 'unreadable'>;

/** What a mail waits for where its server cannot be opened. */
export const waitsForMailServer = {
  kind: 'deferred',
  retryAfterMs: settingsRetryMs,
  error: { code: 'email.unreadable', message: UNREADABLE_MAIL },
} as const;

/** Each pool closes its idle connections after half a minute, so a forgotten one holds none. */
const keptPools = 100;

/** How many connections a pool has, and for how many mails each. */
type PoolConfig = { SMTP_CONNECTIONS: number; SMTP_MAILS_PER_CONNECTION: number };

/** What the routes are made of. `db` keeps the refresh tokens that come in the place of others. */
export type MailOfDeps = {
  db: Db;
  keys: KeySource;
  config: MailAddressConfig & PoolConfig;
  installation: InstallationMail;
};

/** Makes the function that finds routes. `close` waits for the mails under way by servers of workspaces, and closes the connections to them. */
export function createMailOf({ db, keys, config, installation }: MailOfDeps): {
  mailOf: MailOf;
  close(): Promise<void>;
} {
  const pools = new LRUCache<string, { setAt: number; email: EmailSender }>({
    max: keptPools,
    // A call that has it already still gets its mail through.
    dispose: ({ email }) => void email.close(),
  });

  function poolOf(workspaceId: string, setAt: number, server: MailServer): EmailSender {
    const known = pools.get(workspaceId);
    if (known?.setAt === setAt) return known.email;
    const email = createSmtpPool({
      ...mailServerOf(server, config, storedMailTokens({ db, keys, workspaceId })),
      maxConnections: config.SMTP_CONNECTIONS,
      maxMailsPerConnection: config.SMTP_MAILS_PER_CONNECTION,
    });
    pools.set(workspaceId, { setAt, email });
    return email;
  }

  function ofInstallation(sender: MailSender): MailRoute {
    const { senders, ...route } = installation;
    return { ...route, ...senderOf(sender, senders) };
  }

  return {
    async mailOf({ workspaceId, server, sender }, frozen) {
      const found = openSealedMailServer(await keys(), server);
      if (found === null) pools.delete(workspaceId);
      if (found === null || (frozen && isOf(installation.senders, frozen))) return ofInstallation(sender);
      if (found === 'unreadable') return 'unreadable';
      const { credentials, setAt } = found;
      const email = poolOf(workspaceId, setAt.getTime(), credentials);
      return { email, ...writing(credentials, installation.signing) };
    },
    async close() {
      const open = [...pools.values()].map(({ email }) => email);
      await Promise.all(open.map((email) => email.close()));
    },
  };
}

function isOf(senders: Senders, frozen: Uint8Array): boolean {
  const { from } = envelopeOf(Buffer.from(frozen));
  return senders.some(({ address }) => address.toLowerCase() === from.toLowerCase());
}

/** Mails come back to the sender, or where the workspace says: the installation's address for them is of another domain. */
function writing(server: MailServer, { messageIdSecret }: MessageSigning): Omit<MailRoute, 'email'> {
  const { fromAddress, fromName, replyTo, returnPath } = server;
  const address = addressInAscii(fromAddress);
  const dkim = dkimOf(server);
  return {
    from: fromName === undefined ? { address } : { name: fromName, address },
    ...(replyTo === undefined ? {} : { replyTo: { address: addressInAscii(replyTo) } }),
    signing: { messageIdDomain: domainOf(address), messageIdSecret, ...(dkim === null ? {} : { dkim }) },
    returnPath: returnPath === undefined ? '' : addressInAscii(returnPath),
  };
}
