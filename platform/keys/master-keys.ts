import { createHash, hkdfSync } from 'node:crypto';
import type { Config } from '../config.ts';

/** A master key, with the name under which rows note what they are sealed by. */
export type MasterKey = { id: string; text: string };

/** The master keys that a process knows: `current` makes what is new, all of them read what is there. */
export type MasterKeys = { current: MasterKey; all: readonly MasterKey[] };

/** What says which master keys there are. */
export type KeyConfig = Pick<Config, 'THROUGHLINE_KEY'> & Partial<Pick<Config, 'THROUGHLINE_OLD_KEYS'>>;

/** The master keys of the settings. */
export function masterKeys({ THROUGHLINE_KEY, THROUGHLINE_OLD_KEYS = [] }: KeyConfig): MasterKeys {
  const current = masterKey(THROUGHLINE_KEY);
  return withKeys({ current, all: [current] }, THROUGHLINE_OLD_KEYS.map(masterKey));
}

/** The keys and `more` that read too; one that is known already changes nothing. */
export function withKeys(keys: MasterKeys, more: readonly MasterKey[]): MasterKeys {
  const all = new Map([...keys.all, ...more].map((key) => [key.id, key]));
  return { current: keys.current, all: [...all.values()] };
}

/** A key of 256 bits for one purpose, derived from a master key by HKDF-SHA256 (RFC 5869). */
export function derivedKey(master: MasterKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master.text, '', `throughline/${purpose}`, 32));
}

/** The key with its id, which is the start of a hash: long enough to tell keys apart, and of no use to find one. */
export function masterKey(text: string): MasterKey {
  return { id: createHash('sha256').update(`throughline/key-id\0${text}`).digest('hex').slice(0, 12), text };
}
