import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MasterKey, MasterKeys } from '../keys/master-keys.ts';

/** Half of a signature is as hard to guess as a random number of its length, and the whole must fit a return path (64 characters, RFC 5321). */
const markBytes = 12;
const known = /(?<![0-9a-f])[0-9a-f]{56}(?![0-9a-f])/gi;

/**
 * What a mail is known by when it comes back: its effect's id, signed, as 56 hexadecimal digits, which survive every server. Who has not seen
 * the mail cannot make it, so nobody can have an address closed that they have not received a mail for.
 */
export function mailIdOf({ current }: MasterKeys, effectId: string): string {
  const id = effectId.replaceAll('-', '');
  return `${id}${mark(current, id).toString('hex')}`;
}

/** The effect whose mail is named in a text, such as a Message-ID or a return path, by one of the keys; null where none is. */
export function effectOfMailId({ all }: MasterKeys, text: string): string | null {
  for (const [found] of text.matchAll(known)) {
    const id = found.slice(0, 32).toLowerCase();
    const given = Buffer.from(found.slice(32), 'hex');
    if (all.some((key) => timingSafeEqual(mark(key, id), given)))
      return id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
  }
  return null;
}

function mark(key: MasterKey, id: string): Buffer {
  return createHmac('sha256', key.text).update(`throughline/mail\0${id}`).digest().subarray(0, markBytes);
}
