import { own } from '../../../contracts/core/json.ts';
import type { BatchRow } from '../../../contracts/documents/documents.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';

/** A value of another row found in a text. */
export type Leak = { start: number; text: string; ordinal: number };

/** Words of the longest value that is looked for. */
const MOST_WORDS = 6;
/** Shorter values are found in any text by chance. */
const LEAST_CHARACTERS = 5;

/**
 * The identifying values of all rows of a batch: e-mail addresses, keys and the columns marked `identifying`. A value
 * counts if it is of several words (a full name) or holds a digit or an @; one that two rows share identifies no one.
 */
export class LeakIndex {
  readonly #owner = new Map<string, number>();
  #longest = 1;

  /** Built once a batch: about 100 bytes a value. */
  constructor(rows: Iterable<BatchRow>, template: Pick<DocumentTemplate, 'columns'>) {
    const columns = Object.entries(template.columns).flatMap(([name, spec]) => (spec.identifying ? [name] : []));
    for (const row of rows) {
      for (const value of [row.key, row.email ?? '', ...columns.map((name) => own(row.values, name) ?? '')]) {
        this.#add(value, row.ordinal);
      }
    }
  }

  #add(value: string, ordinal: number): void {
    const words = wordsOf(value);
    const key = words.map(({ word }) => word).join(' ');
    const identifies = words.length > 1 || /[\d@]/.test(key);
    if (!identifies || key.length < LEAST_CHARACTERS || words.length > MOST_WORDS) return;
    this.#longest = Math.max(this.#longest, words.length);
    const owner = this.#owner.get(key);
    this.#owner.set(key, owner === undefined || owner === ordinal ? ordinal : SHARED);
  }

  /** Values in `text` that belong to another row than `ordinal` and do not stand in `own`, the sources of this document. */
  find(text: string, ordinal: number, own: readonly string[]): Leak[] {
    const words = wordsOf(text);
    const leaks: Leak[] = [];
    for (let from = 0; from < words.length; from += 1) {
      let key = '';
      for (let length = 1; length <= this.#longest && from + length <= words.length; length += 1) {
        key += `${length === 1 ? '' : ' '}${words[from + length - 1]?.word ?? ''}`;
        const owner = this.#owner.get(key);
        if (owner === undefined || owner === ordinal || owner === SHARED) continue;
        const start = words[from]?.start ?? 0;
        const last = words[from + length - 1];
        const end = last ? last.start + last.length : start;
        if (!isIn(key, own)) leaks.push({ start, text: text.slice(start, end), ordinal: owner });
      }
    }
    return leaks;
  }
}

const SHARED = -1;

function isIn(key: string, own: readonly string[]): boolean {
  return own.some((text) =>
    ` ${wordsOf(text)
      .map(({ word }) => word)
      .join(' ')} `.includes(` ${key} `),
  );
}

/** Words without the punctuation around them, in lower case. */
function wordsOf(text: string): { word: string; start: number; length: number }[] {
  return [...text.matchAll(/[\p{L}\d](?:[^\s]*[\p{L}\d])?/gu)].map((match) => ({
    word: match[0].toLowerCase().normalize('NFC'),
    start: match.index,
    length: match[0].length,
  }));
}
