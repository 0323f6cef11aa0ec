import { createPublicKey } from 'node:crypto';
import type { z } from 'zod';
import { ConfigError } from '../../platform/config.ts';
import { readPrivateKey } from '../../platform/tls/pem.ts';
import type { DkimKey, MessageSigning } from '../providers/email/build-message.ts';
import { sendersOf, type Senders } from './senders.ts';
import type { messagingSettings } from './settings.ts';

/** The settings of the sender and its key. */
export type MailSettings = z.infer<z.ZodObject<typeof messagingSettings>>;

/** Receivers take no signature by a shorter key (RFC 8301 3.2). */
const leastBits = 1024;

/** Whom mails may come from and what they are signed with. @throws ConfigError for settings that do not go together */
export function mailSigning(settings: MailSettings & { THROUGHLINE_KEY: string }): {
  senders: Senders;
  signing: MessageSigning;
} {
  const senders = sendersOf(settings);
  const domains = senders.map(({ address }) => address.split('@')[1] ?? 'localhost');
  const dkim = dkimKey(settings);
  const strange = dkim && domains.find((domain) => !`.${domain.toLowerCase()}`.endsWith(`.${dkim.domain}`));
  if (dkim && strange)
    throw new ConfigError([
      `DKIM_DOMAIN: mails may come from ${strange}, which is neither ${dkim.domain} nor below it, so its signature would not count`,
    ]);
  const signing = { messageIdDomain: domains[0] ?? 'localhost', messageIdSecret: settings.THROUGHLINE_KEY };
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
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw new ConfigError([`DKIM_KEY: is of ${privateKey.asymmetricKeyType}; receivers all know RSA alone`]);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < leastBits) throw new ConfigError([`DKIM_KEY: has ${bits} bits, and receivers want ${leastBits} at least`]);
  return { domain, selector, privateKeyPem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

/** Where the public part of a key belongs in the DNS, and the text that belongs there. */
export function dkimRecord(dkim: DkimKey): { name: string; text: string } {
  const publicKey = createPublicKey(dkim.privateKeyPem).export({ type: 'spki', format: 'der' }).toString('base64');
  return { name: `${dkim.selector}._domainkey.${dkim.domain}`, text: `v=DKIM1; k=rsa; p=${publicKey}` };
}
