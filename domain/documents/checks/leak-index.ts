import { own } from '../../../contracts/core/json.ts';
import type { BatchRow } from '../../../contracts/documents/documents.ts';
import type { DocumentTemplate } from '../../../contracts/documents/template.schema.ts';
import { fold } from './facts/names.ts';
import { writingsOf } from './leak-values.ts';
import { UNSPACED, wordsOf, type Word } from './leak-words.ts';

/** A value of another row found in a text. */
export type Leak = { start: number; text: string; ordinal: number };

/** How a word alone counts: a value of one word almost anywhere, a part of a longer name behind a title or with a genitive. */
type Single = { ordinal: number; isWhole: boolean };

/** Characters of the longest name in a script without spaces. */
const MOST_UNSPACED = 10;

/**
 * The identifying values of all rows of a batch: e-mail addresses, keys and the columns marked `identifying`, in the ways in which texts
 * write them: a name of two columns or with its parts exchanged, a genitive, a part behind a title, a part of a long address. A value of
 * several words that two rows share identifies no one.
 */
export class LeakIndex {
  readonly #owner = new Map<string, number>();
  readonly #singles = new Map<string, Single>();
  readonly #unspaced = new Map<string, number>();
  #longest = 1;

  /** Built once a batch: about 100 bytes a way to write a value. */
  constructor(rows: Iterable<BatchRow>, template: Pick<DocumentTemplate, 'columns'>) {
    const columns = Object.entries(template.columns).flatMap(([name, spec]) => (spec.identifying ? [name] : []));
    for (const row of rows) {
      const values = columns.map((name) => own(row.values, name) ?? '');
      const { phrases, singles, unspaced } = writingsOf([row.key, row.email ?? ''], values);
      for (const words of phrases) this.#add(words, row.ordinal);
      for (const { word, isWhole } of singles) {
        const known = this.#singles.get(word);
        this.#singles.set(word, {
          ordinal: known?.ordinal ?? row.ordinal,
          isWhole: isWhole || (known?.isWhole ?? false),
        });
      }
      for (const name of unspaced) if (!this.#unspaced.has(name)) this.#unspaced.set(name, row.ordinal);
    }
  }

  #add(words: string[], ordinal: number): void {
    const key = words.join(' ');
    this.#longest = Math.max(this.#longest, words.length);
    const owner = this.#owner.get(key);
    this.#owner.set(key, owner === undefined || owner === ordinal ? ordinal : SHARED);
  }

  /** Values in `text` that belong to another row than `ordinal` and do not stand in `own`, the sources of this document. */
  find(text: string, ordinal: number, sources: readonly string[], language: string): Leak[] {
    const words = wordsOf(text);
    const known = new Sources(sources);
    const leaks: Leak[] = [];
    let covered = 0;
    for (const [from, first] of words.entries()) {
      const found =
        this.#phraseAt(words, from, ordinal, known) ?? this.#singleAt({ text, words, from, language }, known);
      if (!found || first.start < covered) continue;
      covered = first.start + found.length;
      leaks.push({ start: first.start, text: text.slice(first.start, covered), ordinal: found.ordinal });
    }
    return [...leaks, ...this.#unspacedIn(text, ordinal, known)];
  }

  /** The longest value that begins with a word. */
  #phraseAt(words: readonly Word[], from: number, ordinal: number, known: Sources): Found | null {
    let found: Found | null = null;
    const start = words[from]?.start ?? 0;
    const before: string[] = [];
    for (const word of words.slice(from, from + this.#longest)) {
      for (const last of word.forms) {
        const key = [...before, last].join(' ');
        const owner = this.#owner.get(key);
        if (owner === undefined || owner === ordinal || owner === SHARED || known.has(key)) continue;
        found = { length: word.start + word.length - start, ordinal: owner };
      }
      before.push(word.forms[0] ?? '');
    }
    return found;
  }

  #singleAt(place: SinglePlace, known: Sources): Found | null {
    const word = place.words[place.from];
    const form = word?.forms.find((each) => this.#singles.has(each));
    const single = form === undefined ? undefined : this.#singles.get(form);
    if (!word || form === undefined || !single || known.has(form) || !names(place, word, single.isWhole)) return null;
    return { length: word.length, ordinal: single.ordinal };
  }

  #unspacedIn(text: string, ordinal: number, known: Sources): Leak[] {
    if (this.#unspaced.size === 0) return [];
    const leaks: Leak[] = [];
    for (const run of text.matchAll(UNSPACED)) {
      for (let from = 0; from < run[0].length; from += 1) {
        for (let length = Math.min(MOST_UNSPACED, run[0].length - from); length >= 2; length -= 1) {
          const name = run[0].slice(from, from + length);
          const owner = this.#unspaced.get(name);
          if (owner === undefined || owner === ordinal || known.holds(name)) continue;
          leaks.push({ start: run.index + from, text: name, ordinal: owner });
          from += length - 1;
          break;
        }
      }
    }
    return leaks;
  }
}

type Found = { length: number; ordinal: number };
type SinglePlace = { text: string; words: readonly Word[]; from: number; language: string };

const SHARED = -1;

/** Whether a word stands where a name does. Most are capitalised, and so is each first word of a sentence, each noun in German. */
function names({ text, words, from, language }: SinglePlace, word: Word, isWhole: boolean): boolean {
  if (!/^\p{Lu}/u.test(word.text) && /\p{Lu}|\p{Ll}/u.test(word.text)) return false;
  const before = text.slice(0, word.start);
  const after = text.slice(word.start + word.length);
  if (TITLE_BEFORE.test(before) || /^\s(?:family|familie|household)\b/i.test(after)) return true;
  const isSecond =
    words[from - 1] !== undefined && /^\p{Lu}[\p{L}\p{M}'’-]*\s$/u.test(before.slice(words[from - 1]?.start));
  if (word.isGenitive && !DETERMINER_BEFORE.test(before)) return true;
  if (!isWhole) return false;
  const isFirst = /(?:^|[.!?:;\n…]["'”’)]?)\s*["'“‘(]?$/u.test(before);
  if (isFirst) return !ALSO_WORDS.has(word.forms[0] ?? '');
  return isSecond || language.slice(0, 2) !== 'de' || !DETERMINER_BEFORE.test(before);
}

const TITLE_BEFORE =
  /(?<![\p{L}\p{M}])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Familie|Se[ñn]ora?|Sra?|[Dd]on|[Dd]o[ñn]a|Monsieur|Madame|Mme|Mlle|MM?|[Ff]amille|[Ss]ignora?|Sig|[Ff]amiglia|[Ff]amilia|[Ss]e[ñn]ora?|[Ss]enhora?|[Mm]eneer|[Mm]evrouw|Shri|Smt)\.?\s+(?:\p{Lu}\.\s*)?$/u;
const DETERMINER_BEFORE =
  /(?<![\p{L}\p{M}])(?:an?|the|der|die|das|den|dem|des|eine?[nmrs]?|keine?[nmrs]?|[Ii]hre?[nmrs]?|unsere?[nmrs]?|zum|zur|beim|vom|im|am)\s+$/iu;

/** Names that are words as well: at the beginning of a sentence they tell nothing. */
const ALSO_WORDS = new Set(
  'rose winter will may mark grace hope summer autumn april june august frank art bill jack joy faith dawn ray rich pat sue drew chance chase hunter miles case young king white brown green black gray grey baker cook page price love wolf cash christian constant day dean drake earnest ernest fisher ford forest ginger good grant hardy hill holly iris ivy jasmine jean lane law lily long major mason max mercy miller moss noble olive pearl pierce power robin ruby sage sharp short sky snow stark sterling stone story street strong swift taylor victor viola violet wade ward wood bianchi russo rossi ferri fiore bruno leone luna sol sole mar paz cruz reyes campos flores prado blanco rojo delgado bueno bello marin pierre blanche claire aurore marine france reine petit grand blanc noir'.split(
    ' ',
  ),
);

/** What a document may say: its own row, the brief, the brand, the template. Read where a value of another row is found, which is seldom. */
class Sources {
  readonly #sources: readonly string[];
  #words: string | null = null;

  constructor(sources: readonly string[]) {
    this.#sources = sources;
  }

  /** Whether the sources have a name of a script without spaces. */
  holds(name: string): boolean {
    return this.#sources.some((source) => source.includes(name));
  }

  has(key: string): boolean {
    this.#words ??= this.#sources
      .map(
        (source) =>
          ` ${wordsOf(source)
            .map(({ forms }) => forms[0] ?? '')
            .join(' ')} `,
      )
      .join('\n');
    return this.#words.includes(` ${fold(key)} `);
  }
}
