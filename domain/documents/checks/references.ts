/** Something in a text that names one thing: an address, a link, an id. `value` is its comparable form. */
export type Reference = { start: number; text: string; value: string };

/** E-mail addresses, in lower case. */
export function findEmails(text: string): Reference[] {
  return collect(text, /[\w.+%-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+/gu, (found) => found.toLowerCase());
}

/** Web addresses with a scheme or `www.`, without scheme, `www.`, closing punctuation and a slash at the end. */
export function findUrls(text: string): Reference[] {
  return collect(text, /(?:https?:\/\/|www\.)[^\s<>"')\]]+/gi, (found) =>
    found
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/^www\./, '')
      .replace(/[.,;:!?/]+$/, ''),
  );
}

/** Ids: at least four characters with digits and capital letters, as `HL-2024-0031`. */
export function findIds(text: string): Reference[] {
  const pattern = /(?<![\p{L}\d-])(?=[A-Z\d/-]*\d)(?=[A-Z\d/-]*[A-Z])[A-Z\d]+(?:[-/][A-Z\d]+)*(?![\p{L}\d])/gu;
  return collect(text, pattern, (found) => found.toUpperCase()).filter(({ value }) => value.length >= 4);
}

/** Names in a salutation: the words after `Dear`, `Hello`, `Guten Tag` and their like. */
export function findSalutations(text: string): Reference[] {
  const greeting = 'Dear|Hello|Hi|Guten Tag|Hallo|Liebe[rs]?|Sehr geehrte[rs]?|Hola|Estimad[oa]|Bonjour|Ch[eè]re?';
  const title = '(?:Mr|Mrs|Ms|Mx|Dr|Prof|Herr|Frau|Señora?|Monsieur|Madame)\\.?\\s+';
  const name = "\\p{Lu}[\\p{L}'’-]+";
  const pattern = new RegExp(
    `(?<=(?<!\\p{L})(?:${greeting})\\s+(?:${title})*)${name}(?:\\s+${name})*(?=\\s*[,!:.\\n])`,
    'gu',
  );
  return collect(text, pattern, (found) => found.toLowerCase());
}

/** Blanks out references, so that the digits in them are not taken for numbers. */
export function without(text: string, found: readonly { start: number; text: string }[]): string {
  let rest = text;
  for (const { start, text: part } of found) {
    rest = rest.slice(0, start) + ' '.repeat(part.length) + rest.slice(start + part.length);
  }
  return rest;
}

function collect(text: string, pattern: RegExp, comparable: (found: string) => string): Reference[] {
  return [...text.matchAll(pattern)].map((match) => ({
    start: match.index,
    text: match[0],
    value: comparable(match[0]),
  }));
}
