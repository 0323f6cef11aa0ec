import { francAll } from 'franc-min';
import type { Finding } from '../../../contracts/documents/documents.ts';
import { slotPassages, type Check } from './check.ts';

/** Letters from which on the trigrams of a text tell its language. One of a script of its own tells it sooner. */
const LEAST_LETTERS = 60;
const LEAST_OF_SCRIPT = 12;
/** So many characters tell it; more cost time alone. */
const MOST_CHARACTERS = 400;
/** The share of the likeliest language's score below which a text is not in its own; Portuguese and Spanish are 0.83 apart. */
const LEAST_SCORE = 0.87;

/** What the model wrote is in the language that was asked for: each line that is long enough to tell, else the whole. */
export const checkLanguage: Check = ({ answers, language }) => {
  const wanted = codes[language.split('-')[0] ?? ''];
  if (wanted === undefined) return [];
  return slotPassages(answers).flatMap(({ where, text }): Finding[] => {
    const lines = text.split('\n').filter((line) => lettersOf(line) >= LEAST_LETTERS);
    const strange = (lines.length > 0 ? lines : [text]).find((line) => !isIn(line.slice(0, MOST_CHARACTERS), wanted));
    if (strange === undefined) return [];
    return [
      {
        check: 'language',
        code: 'language.other',
        severity: 'error',
        message: `${where} is not in the language ${language}`,
        evidence: { where, start: text.indexOf(strange), text: strange.slice(0, 120) },
        repairHint: `Write ${where} in the language ${language} alone.`,
      },
    ];
  });
};

function isIn(text: string, wanted: string): boolean {
  const letters = lettersOf(text);
  if (letters < LEAST_OF_SCRIPT) return true;
  const found = francAll(text, { minLength: 10, only: spoken });
  if (found[0]?.[0] === 'und') return true;
  const own = found.find(([code]) => code === wanted)?.[1];
  // Without a score the text is in another script.
  if (own === undefined) return letters < (latin.test(text) ? LEAST_LETTERS : LEAST_OF_SCRIPT);
  return letters < LEAST_LETTERS || own >= LEAST_SCORE;
}

function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}

const latin = /\p{Script=Latin}{3}/u;

/**
 * The languages that franc-min knows, or that have a script of their own, by what a batch calls them. A text in any other one would be taken for
 * a neighbour's, so it is not checked.
 */
const codes: Record<string, string> = Object.fromEntries(
  'ar:arb bg:bul cs:ces de:deu el:ell en:eng es:spa fa:pes fr:fra he:heb hi:hin hr:hrv hu:hun id:ind it:ita ja:jpn ko:kor nl:nld pl:pol pt:por ro:ron ru:rus sr:srp sv:swe ta:tam te:tel th:tha tr:tur uk:ukr ur:urd vi:vie zh:cmn bn:ben ka:kat'
    .split(' ')
    .map((pair) => pair.split(':')),
);
const spoken = [...new Set(Object.values(codes))];
