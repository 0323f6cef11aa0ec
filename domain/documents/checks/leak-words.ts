import { fold } from './facts/names.ts';

/** A word of a text: as it stands, and the folded forms that it may be of: a genitive, an article drawn to it. */
export type Word = { text: string; start: number; length: number; forms: string[]; isGenitive: boolean };

/** Letters in a row of scripts that put no blanks between words. */
export const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}・ー々]{2,}/gu;

const WORD = /[\p{L}\p{N}](?:[^\s,;:/|()<>"“”«»]*[\p{L}\p{N}])?/gu;

/** Words without the punctuation around them. The first form is the word itself without a drawn article or an apostrophe's genitive. */
export function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map((match) => {
    const [, article = '', bare = match[0]] =
      /^((?:d|l|qu|j|n|s|m|t|c|dell|all|nell|sull|dall|un)['’])?(.+)$/iu.exec(match[0]) ?? [];
    const stem = bare.replace(/['’]s$/iu, '');
    const start = match.index + article.length;
    const whole = fold(stem);
    const isPossessive = stem !== bare;
    const forms = whole.length > 3 && whole.endsWith('s') ? [whole, whole.slice(0, -1)] : [whole];
    return { text: stem, start, length: stem.length, forms, isGenitive: isPossessive };
  });
}
