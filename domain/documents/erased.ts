import type { BatchRow } from '../../contracts/documents/documents.ts';

/** Whom an erasure looks for in batches, which know no contacts; `isShared`: another contact has the address too. */
export type ErasedPerson = { email: string | null; externalId: string; isShared: boolean };

/** What is left of a document whose person was erased says this, in its row and in the lists of its batch. */
export const erasedError = { code: 'document.erased', message: 'The person whom it was about has been erased' };

/** What stands in the place of an erased row's key. */
export const erasedKey = '(erased)';

/**
 * Whose a row is. The person's own: one whose key is their external id, or whose address is theirs, or that has no address column and names theirs
 * in some cell. Another's, who may be a different person: one that only names the person, such as an adviser in each row; one of an address that
 * two contacts share; and one whose key is the same mere number, as lists count their rows by such.
 */
export function ownerOf(
  { key, email, values }: Pick<BatchRow, 'key' | 'email'> & { values: readonly string[] },
  person: ErasedPerson,
): 'person' | 'other' | null {
  const addresses = addressesOf(person);
  const isTheirs = (text: string): boolean => addresses.includes(plain(text));
  const isNamed = values.some((value) => namesAny(value, addresses));
  const hasId = key === person.externalId;
  if (hasId && !/^\d+$/.test(person.externalId)) return 'person';
  const hasAddress = isTheirs(key) || (email === null ? isNamed : isTheirs(email));
  if (hasAddress && (hasId || !person.isShared)) return 'person';
  return hasId || hasAddress || isNamed ? 'other' : null;
}

/** The addresses by which a person is known, as they are compared. */
export function addressesOf({ email, externalId }: ErasedPerson): string[] {
  return [email ?? '', externalId].filter((text) => text.includes('@')).map(plain);
}

/** Whether a text has one of these addresses in it as a whole: `ana@…` is not in `joana@…`. */
export function namesAny(text: string, addresses: readonly string[]): boolean {
  const written = plain(text);
  if (!addresses.some((address) => written.includes(address))) return false;
  const words = written.split(/[\s,;:<>()[\]{}"|]+/).map((word) => word.replace(/^['.]+|['.]+$/g, ''));
  return addresses.some((address) => words.includes(address));
}

/** A text as it is compared: in small letters, without marks that nobody sees. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase();
}
