import { UNSPACED, wordsOf } from './leak-words.ts';

/** The ways in which texts write the identifying values of one row; words are folded. */
export type Writings = { phrases: string[][]; singles: { word: string; isWhole: boolean }[]; unspaced: string[] };

/** Words of the longest value that is looked for as a whole. */
const MOST_WORDS = 6;
/** Shorter values are found in any text by chance. */
const LEAST_CHARACTERS = 5;
/** Parts of one long address that are looked for. */
const MOST_PARTS = 8;

/** All writings of a row's values: `ids` are its key and address, `values` the cells of its identifying columns. */
export function writingsOf(ids: readonly string[], values: readonly string[]): Writings {
  const cells = values.map((value) => ({ value, words: wordsOf(value).flatMap(({ forms }) => forms[0] ?? []) }));
  const named = cells.filter(({ value }) => value !== '' && !/[\d@]/.test(value));
  const phrases = [
    ...ids.map((id) => wordsOf(id).flatMap(({ forms }) => forms[0] ?? [])),
    ...cells.map(({ words }) => words),
    ...cells.filter(({ value }) => /\d/.test(value)).flatMap(({ words }) => partsOf(words)),
    ...named.flatMap(({ words }) => orders(words)),
    ...named.flatMap((one) => named.flatMap((other) => (one === other ? [] : [[...one.words, ...other.words]]))),
  ];
  return {
    phrases: phrases.filter(identifies),
    singles: named.flatMap(({ words }) =>
      words.filter((word) => word.length > 2).map((word) => ({ word, isWhole: words.length === 1 })),
    ),
    unspaced: named.flatMap(({ value }) => [...value.matchAll(UNSPACED)].map(([run]) => run)),
  };
}

function identifies(words: readonly string[]): boolean {
  const key = words.join(' ');
  return (words.length > 1 || /[\d@]/.test(key)) && key.length >= LEAST_CHARACTERS && words.length <= MOST_WORDS;
}

/** A name's other orders, last name first, and what is left of one of three words and more. */
function orders(words: readonly string[]): string[][] {
  const turned = words.slice(1).map((_, at) => [...words.slice(at + 1), ...words.slice(0, at + 1)]);
  if (words.length < 3) return turned;
  const begun = words.slice(0, 2);
  return [...turned, ...((begun[1]?.length ?? 0) > 3 ? [begun] : []), [words[0] ?? '', words.at(-1) ?? '']];
}

/** Four words in a row of a long address, or three with its number. */
function partsOf(words: readonly string[]): string[][] {
  const parts = words.flatMap((_, at) => [words.slice(at, at + 4), words.slice(at, at + 3)]);
  return parts
    .filter(
      (part) => part.length < words.length && (part.length === 4 || (part.length === 3 && /\d/.test(part.join('')))),
    )
    .slice(0, MOST_PARTS);
}
