import { own } from '../../contracts/core/json.ts';
import type { Comparison } from '../../contracts/journeys/conditions.schema.ts';
import type { JsonValue } from '../../contracts/core/machine.ts';
import { instantOf, momentOf } from './moments.ts';
import { isObject, toText } from './values.ts';

/** Compares two values as `Comparison` says. Never throws; what is not there compares as no. */
export function compare(op: Comparison, left: JsonValue, right: JsonValue, ignoresCase = false): boolean {
  const [a, b] = ignoresCase ? [folded(left), folded(right)] : [left, right];
  switch (op) {
    case 'equals':
      return isEqual(a, b);
    case 'notEquals':
      return !isEqual(a, b);
    case 'lessThan':
      return ordered(a, b, (sign) => sign < 0);
    case 'atMost':
      return ordered(a, b, (sign) => sign <= 0);
    case 'greaterThan':
      return ordered(a, b, (sign) => sign > 0);
    case 'atLeast':
      return ordered(a, b, (sign) => sign >= 0);
    case 'contains':
      return contains(a, b);
    case 'startsWith':
      return typeof a === 'string' && typeof b === 'string' && a.startsWith(b);
    case 'oneOf':
      return Array.isArray(b) && b.some((item) => a !== null && isEqual(a, item));
    case 'before':
      return follows(right, left);
    case 'after':
      return follows(left, right);
  }
}

/** Texts in lower case, letter by letter and by no language's rules, also those in a list. */
export function folded(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'string' ? lower(item) : item));
  return typeof value === 'string' ? lower(value) : value;
}

/** The letter whose lower case is more than one, as Postgres writes it. */
const dottedI = 'İ';
/** Letters of Unicode 17, of which Postgres 18 knows no lower case. */
const newLetters = /[\ua7ce\ua7d2\ua7d4\u{16ea0}-\u{16eb8}]/u;

function lower(text: string): string {
  const lowerOf = (letter: string): string => (newLetters.test(letter) ? letter : letter.toLowerCase());
  return Array.from(text, (letter) => (letter === dottedI ? 'i' : lowerOf(letter))).join('');
}

/** The most characters of a text that is compared as a number: those of any number that is ever written, and none that has no place in one. */
const mostDigits = 300;

/** The number that a value is, or is the text of; null where it is none. */
export function numberOf(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  const isNumber = typeof value === 'string' && value.length <= mostDigits && /^\s*-?\d+(\.\d+)?\s*$/.test(value);
  return isNumber ? Number(value) : null;
}

/**
 * A number as a form, a file or a CRM sends it is a text, and is equal to the number that it is. Whether two texts are equal is their letters' to
 * say: `007` is not `7`. Two instants, each with its zone, are equal by when they are, however they are written.
 */
function isEqual(left: JsonValue, right: JsonValue): boolean {
  const [a, b] = [instantOf(left), instantOf(right)];
  if (a !== null && b !== null) return a === b;
  const areTexts = typeof left === 'string' && typeof right === 'string';
  const [m, n] = areTexts ? [null, null] : [numberOf(left), numberOf(right)];
  return m !== null && n !== null ? m === n : isSame(left, right);
}

/** Deep equality of JSON; the order of an object's properties does not matter. */
function isSame(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index] ?? null));
  }
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => isSame(own(left, name) ?? null, own(right, name) ?? null));
  }
  return left === right;
}

function ordered(left: JsonValue, right: JsonValue, isMet: (sign: number) => boolean): boolean {
  for (const read of [instantOf, numberOf]) {
    const [a, b] = [read(left), read(right)];
    if (a !== null && b !== null) return isMet(a - b);
  }
  return typeof left === 'string' && typeof right === 'string' && isMet(byCodePoints(left, right));
}

/** As Postgres orders texts by their bytes; `<` would put a letter beyond the first 65,536 before some of these. */
function byCodePoints(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  const index = a.findIndex((letter, at) => letter !== b[at]);
  if (index < 0) return a.length - b.length;
  return (a[index]?.codePointAt(0) ?? -1) - (b[index]?.codePointAt(0) ?? -1);
}

function follows(later: JsonValue, earlier: JsonValue): boolean {
  const [a, b] = [momentOf(later), momentOf(earlier)];
  return a !== null && b !== null && a > b;
}

function contains(whole: JsonValue, part: JsonValue): boolean {
  if (Array.isArray(whole)) return whole.some((item) => isSame(item, part));
  return typeof whole === 'string' && part !== null && part !== '' && whole.includes(toText(part));
}
