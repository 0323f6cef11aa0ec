import { currencyAfter, currencyBefore, percentAfter } from './units.ts';
import { findNumberWords, type SpokenNumber } from './number-words.ts';

/** Scripts that are written without spaces: a digit behind one of their letters begins a number. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}ー々`;
const BEGINNING = String.raw`(?:(?<![\p{L}\d])|(?<=[${UNSPACED}])|(?<=${currencyBefore}))`;
/** As India groups, then as all others do: by commas, points, blanks or apostrophes. */
const DIGITS = String.raw`(?:\d{1,3}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d+)?|\d+(?:[.,'’\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?)`;
const MULTIPLES: Record<string, number> = {
  万: 1e4,
  萬: 1e4,
  만: 1e4,
  亿: 1e8,
  億: 1e8,
  억: 1e8,
  lakh: 1e5,
  crore: 1e7,
  million: 1e6,
};
const NUMBER = new RegExp(`${BEGINNING}[-−]?${DIGITS}(?:\\s?(?:${Object.keys(MULTIPLES).join('|')}))?(?:\\s?%)?`, 'gu');

/** Finds numbers in digits and, where they have a unit, in words of `language`: amounts, percentages, counts. */
export function findNumbers(text: string, language: string): SpokenNumber[] {
  const inDigits = [...text.matchAll(NUMBER)].map((match): SpokenNumber => {
    const written = match[0].trim();
    const unit = unitOf(text, match.index, written);
    return { start: match.index, text: written, values: valuesOf(written, unit), unit };
  });
  return [...inDigits, ...findNumberWords(text, language)];
}

/** Whether two writings can mean the same value; the sign does not count, texts say “a discount of 5”. */
export function sameNumber(one: SpokenNumber, other: SpokenNumber): boolean {
  return one.values.some((value) => other.values.some((each) => Math.abs(Math.abs(value) - Math.abs(each)) < 1e-9));
}

function unitOf(text: string, start: number, written: string): SpokenNumber['unit'] {
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(start + written.length, start + written.length + 24);
  if (written.endsWith('%') || percentAfter.test(after)) return 'percent';
  if (currencyAfter.test(after) || new RegExp(`${currencyBefore}\\s?$`, 'u').test(before)) return 'money';
  return /^[\s\u00a0-]?\p{L}/u.test(after) ? 'other' : 'bare';
}

function valuesOf(written: string, unit: SpokenNumber['unit']): number[] {
  const multiple = Object.entries(MULTIPLES).find(([word]) => written.includes(word))?.[1] ?? 1;
  const digits = written.replaceAll(/[^\d.,]/g, '');
  const readings = new Set<number>();
  // The last mark may part decimals or thousands; marks before it part thousands.
  const last = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
  const tail = digits.length - last - 1;
  if (last >= 0) readings.add(Number(`${digits.slice(0, last).replaceAll(/[.,]/g, '')}.${digits.slice(last + 1)}`));
  if (last < 0 || tail === 3) readings.add(Number(digits.replaceAll(/[.,]/g, '')));
  return [...readings].flatMap((value) => (unit === 'percent' ? [value, value / 100] : [value * multiple]));
}
