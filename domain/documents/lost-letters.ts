import { shorten } from '../words/shorten.ts';

/** Bytes of UTF-8 that were read as one of these are other letters; what was meant must be of a script that is written so in practice. */
const misreadAs = [
  { encoding: 'windows-1252', meant: /^[\0-\x7F\u00A0-\u017F\u0370-\u047F\u2010-\u203A\u20AC\u2122]*$/ },
  { encoding: 'macintosh', meant: /^[\0-\x7F\u00A0-\u017F]*$/ },
].map(({ encoding, meant }) => ({ bytes: bytesOf(encoding), meant }));

/**
 * Letters that no word has beside each other, by which a misreading is certain: a capital behind a small letter with what follows it, a capital and
 * a sign inside a word, what three bytes become. “AMANHÃ…” alone could be either.
 */
const certain =
  /\p{Ll}[ÂÃÄÅÍÎÏÐÑ][^\0-\x7F]|[ÂÃÄÅÍÎÏÐÑ][\u0080-\u009F¡-ª¬-º¼-¿€ƒ†‡ˆ‰˜™œŸ]\p{L}|â[€„ˆ][^\0-\x7F]|\p{L}[√≈¬][^\0-\x7F]|(?<!\d)[√≈¬][^\0-\x7F]\p{L}/u;

/** A question mark in a word, where a program could not write a letter. Addresses of the web have such marks of their own, and whole texts mistakes. */
const inWord = /^(?=[^/=]{1,60}$).*?(?:\p{L}\?\p{Ll}|\p{Lu}\?\p{Lu}|(?:^|\s)\?\p{Ll})/u;

/** So much of a cell is said. */
const most = 60;

/** How a text certainly lost letters on its way through programs that read or wrote it otherwise; null where nothing shows that. */
export function lostLetters(text: string): string | null {
  if (text.includes('\uFFFD')) return 'has a � where a letter was';
  const meant = meantBy(text);
  if (meant === null || !certain.test(text)) return null;
  return `is “${shorten(text, most)}”, which was “${shorten(meant, most)}” before it was read with other letters`;
}

/** The word of a text that may have lost letters, and may be right as it is: a person has to look at it. Null where there is none. */
export function doubtfulLetters(text: string): string | null {
  const isDoubtful = (words: string): boolean => inWord.test(words) || meantBy(words) !== null;
  return isDoubtful(text) ? (text.split(/\s+/).find(isDoubtful) ?? null) : null;
}

function meantBy(text: string): string | null {
  if (!/[^\0-\x7F]/.test(text)) return null;
  for (const { bytes, meant } of misreadAs) {
    const written = Array.from(text, (letter) => bytes.get(letter) ?? null);
    if (!written.every((byte) => byte !== null)) continue;
    const read = utf8(Uint8Array.from(written));
    if (read !== null && meant.test(read)) return read;
  }
  return null;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function bytesOf(encoding: string): Map<string, number> {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const letters = new TextDecoder(encoding).decode(Uint8Array.from(all));
  return new Map(all.map((byte) => [letters[byte] ?? '', byte]));
}
