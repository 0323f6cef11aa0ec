/**
 * Whom an erasure looks for in batches, which know no contacts; `isShared`: another contact has the address too. `former` are addresses at which the
 * person alone got mails before, and which no other contact has; `aliases` the external ids of contacts that were joined with theirs. Both are
 * missing where code of before asked.
 */
export type ErasedPerson = {
  email: string | null;
  externalId: string;
  isShared: boolean;
  former?: string[];
  aliases?: string[];
};

/** What is left of a document whose person was erased says this, in its row and in the lists of its batch. */
export const erasedError = { code: 'document.erased', message: 'The person whom it was about has been erased' };

/** What stands in the place of an erased row's key. */
export const erasedKey = '(erased)';

/** A row as its owner is looked for; `email` is empty where the column of addresses has none, and null where there is no such column. */
export type OwnedRow = { key: string; email: string | null; values: readonly string[] };

/**
 * Whose a row is. The person's own: one whose key is their external id or their address, or whose address is theirs. Another's, who may be a
 * different person: one that only names the person beside a column of addresses, as an adviser is in each row; one with the address of another; one of
 * an address that two contacts share; and one whose key is the same mere number, as lists count their rows by such. `named`: there is no column of
 * addresses, and the row names the person; it is theirs where it is the only one.
 */
export function ownerOf({ key, email, values }: OwnedRow, person: ErasedPerson): 'person' | 'other' | 'named' | null {
  const addresses = addressesOf(person);
  const isTheirs = (text: string): boolean => addresses.includes(plain(text));
  const isNamed = values.some((value) => namesAny(value, addresses));
  const hasId = idsOf(person).includes(key);
  // A cell may have a name beside its address, and one without an address is nobody's.
  const written = wordsOf(plain(email ?? '')).filter((word) => word.includes('@'));
  const isOfThem = written.length > 0 && written.every(isTheirs);
  const isOfAnother = addresses.length > 0 && written.length > 0 && !isOfThem;
  const hasAddress = isTheirs(key) || isOfThem;
  if (isOfAnother) return hasId || hasAddress || isNamed ? 'other' : null;
  if (hasId && !/^\d+$/.test(key)) return 'person';
  if (hasAddress && (hasId || !person.isShared)) return 'person';
  if (hasId || hasAddress) return 'other';
  if (!isNamed) return null;
  return email === null && !person.isShared ? 'named' : 'other';
}

/** The external ids by which a person is known, or was. */
export function idsOf({ externalId, aliases = [] }: ErasedPerson): string[] {
  return [externalId, ...aliases];
}

/** The addresses by which a person is known, as they are compared. */
export function addressesOf(person: ErasedPerson): string[] {
  const { email, former = [] } = person;
  return [email ?? '', ...idsOf(person), ...former].filter((text) => text.includes('@')).map(plain);
}

/** Whether a text has one of these addresses in it as a whole: `ana@…` is not in `joana@…`. */
export function namesAny(text: string, addresses: readonly string[]): boolean {
  const written = plain(text);
  if (!addresses.some((address) => written.includes(address))) return false;
  const words = wordsOf(written);
  return addresses.some((address) => words.includes(address));
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,;:<>()[\]{}"|]+/).map((word) => word.replace(/^['.]+|['.]+$/g, ''));
}

/** A text as it is compared: in small letters, without marks that nobody sees. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase();
}
