import { createPublicKey, type KeyObject } from 'node:crypto';

/** A key of DKIM: the name under which its public part is published, and its private part. */
export interface DkimKey {
  domain: string;
  selector: string;
  privateKeyPem: string;
}

/** Receivers take no signature by a shorter key (RFC 8301 3.2). */
const leastBits = 1024;

/** Why receivers do not take signatures by a key; null where they do. */
export function signingKeyFault(key: KeyObject): string | null {
  if (key.asymmetricKeyType !== 'rsa') return `is of ${key.asymmetricKeyType}; receivers all know RSA alone`;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < leastBits ? `has ${bits} bits, and receivers want ${leastBits} at least` : null;
}

/** Whether a signature of `domain` counts for mails from `address`: it is the domain of the address, or one above it. */
export function signsFor(domain: string, address: string): boolean {
  return `.${(address.split('@')[1] ?? '').toLowerCase()}`.endsWith(`.${domain}`);
}

/** Where the public part of a key belongs in the DNS, and the text that belongs there. */
export function dkimRecord(dkim: DkimKey): { name: string; text: string } {
  const publicKey = createPublicKey(dkim.privateKeyPem).export({ type: 'spki', format: 'der' }).toString('base64');
  return { name: `${dkim.selector}._domainkey.${dkim.domain}`, text: `v=DKIM1; k=rsa; p=${publicKey}` };
}
