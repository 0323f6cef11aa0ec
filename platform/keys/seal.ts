import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { derivedKey, type MasterKeys } from './master-keys.ts';

const cipher = 'aes-256-gcm';
/** Bytes of the nonce and of the tag, as NIST SP 800-38D has them. Nonces are random: safe for 2^32 seals of one key. */
const [nonceBytes, tagBytes] = [12, 16];

/** A sealed text, and the id of the master key that opens it. */
export type Sealed = { ciphertext: Buffer; keyId: string };

/** A sealed text that cannot be opened: its key is not given any more, or it is not what was sealed in this place. */
export class SealError extends Error {}

/**
 * Seals `text` with the current key for one `place` (whose it is, and its name): AES-256-GCM with the place as associated data, so that a
 * row that was moved to another place opens there no more. The ciphertext is nonce, tag and data.
 */
export function seal(keys: MasterKeys, place: readonly string[], text: string): Sealed {
  const nonce = randomBytes(nonceBytes);
  const encrypt = createCipheriv(cipher, derivedKey(keys.current, 'secret'), nonce).setAAD(placeBytes(place));
  const data = Buffer.concat([encrypt.update(text, 'utf8'), encrypt.final()]);
  return { ciphertext: Buffer.concat([nonce, encrypt.getAuthTag(), data]), keyId: keys.current.id };
}

/** The text that was sealed for this place. @throws SealError */
export function unseal(keys: MasterKeys, place: readonly string[], { ciphertext, keyId }: Sealed): string {
  const key = keys.all.find(({ id }) => id === keyId);
  if (!key) throw new SealError(`The key ${keyId}, by which ${place.join(' ')} is sealed, is not given`);
  const nonce = ciphertext.subarray(0, nonceBytes);
  try {
    const decrypt = createDecipheriv(cipher, derivedKey(key, 'secret'), nonce, { authTagLength: tagBytes });
    decrypt.setAAD(placeBytes(place)).setAuthTag(ciphertext.subarray(nonceBytes, nonceBytes + tagBytes));
    const data = ciphertext.subarray(nonceBytes + tagBytes);
    return Buffer.concat([decrypt.update(data), decrypt.final()]).toString('utf8');
  } catch (error) {
    throw new SealError(`What is stored for ${place.join(' ')} is not what was sealed`, { cause: error });
  }
}

/** One sequence of bytes for one list of parts, whatever characters they have. */
function placeBytes(place: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(place));
}
