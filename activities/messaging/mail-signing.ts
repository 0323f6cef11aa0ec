import type { z } from 'zod';
import { ConfigError } from '../../platform/config.ts';
import { type DkimKey, signingKeyFault, signsFor } from '../../platform/smtp/dkim.ts';
import { readPrivateKey } from '../../platform/tls/pem.ts';
import type { MessageSigning } from '../providers/email/build-message.ts';
import { sendersOf, type Senders } from './senders.ts';
import type { messagingSettings } from './settings.ts';

/** The settings of the sender and its key. */
export type MailSettings = z.infer<z.ZodObject<typeof messagingSettings>>;

/** Whom mails may come from and what they are signed with. @throws ConfigError for settings that do not go together */
export function mailSigning(settings: MailSettings & { THROUGHLINE_KEY: string }): {
  senders: Senders;
  signing: MessageSigning;
} {
  const senders = sendersOf(settings);
  const dkim = dkimKey(settings);
  const strange = dkim && senders.map(({ address }) => address).find((address) => !signsFor(dkim.domain, address));
  if (dkim && strange)
    throw new ConfigError([
      `DKIM_DOMAIN: mails may come from ${domainOf(strange)}, which is neither ${dkim.domain} nor below it, so its signature would not count`,
    ]);
  const signing = { messageIdDomain: domainOf(senders[0].address), messageIdSecret: settings.THROUGHLINE_KEY };
  return { senders, signing: dkim === null ? signing : { ...signing, dkim } };
}

/** The key that signs; null where none is set. @throws ConfigError for half of the settings, or a key that receivers do not take */
export function dkimKey({ DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_KEY: key }: MailSettings): DkimKey | null {
  const given = { DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_KEY: key };
  const missing = Object.entries(given).filter(([, setting]) => setting === '');
  if (missing.length === 3) return null;
  if (missing.length > 0)
    throw new ConfigError(missing.map(([name]) => `${name}: is missing; the three of DKIM belong together`));
  const privateKey = readPrivateKey(key);
  const fault = signingKeyFault(privateKey);
  if (fault !== null) throw new ConfigError([`DKIM_KEY: ${fault}`]);
  return { domain, selector, privateKeyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

/** The domain of an address. */
export function domainOf(address: string): string {
  return address.split('@')[1] ?? 'localhost';
}
