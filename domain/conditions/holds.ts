import { own } from '../../contracts/core/json.ts';
import type { Comparison, Condition } from '../../contracts/journeys/conditions.schema.ts';
import type { JsonValue } from '../../contracts/core/machine.ts';
import { evaluate, isObject, toText, type Facts } from './values.ts';

/** Whether a condition is met by the facts. Never throws; what is not there compares as no. */
export function holds(condition: Condition, facts: Facts): boolean {
  switch (condition.kind) {
    case 'compare':
      return compare(condition.op, evaluate(condition.left, facts), evaluate(condition.right, facts));
    case 'exists':
      return evaluate(condition.value, facts) !== null;
    case 'all':
      return condition.of.every((part) => holds(part, facts));
    case 'any':
      return condition.of.some((part) => holds(part, facts));
    case 'not':
      return !holds(condition.condition, facts);
  }
}

function compare(op: Comparison, first: JsonValue, second: JsonValue): boolean {
  const [left, right] = asNumbers(op, ...asInstants(first, second));
  switch (op) {
    case 'equals':
      return isSame(left, right);
    case 'notEquals':
      return !isSame(left, right);
    case 'lessThan':
      return ordered(left, right, (sign) => sign < 0);
    case 'atMost':
      return ordered(left, right, (sign) => sign <= 0);
    case 'greaterThan':
      return ordered(left, right, (sign) => sign > 0);
    case 'atLeast':
      return ordered(left, right, (sign) => sign >= 0);
    case 'contains':
      return contains(left, right);
    case 'startsWith':
      return typeof left === 'string' && typeof right === 'string' && left.startsWith(right);
  }
}

/** Two instants, each with its zone, are compared by when they are, however they are written. */
function asInstants(left: JsonValue, right: JsonValue): [JsonValue, JsonValue] {
  const [a, b] = [instantOf(left), instantOf(right)];
  return a === null || b === null ? [left, right] : [a, b];
}

/**
 * A number as a form, a file or a CRM sends it is a text, and is compared as the number that it is: with a number always, with another such text
 * by order. Whether two texts are equal is their letters' to say: `007` is not `7`.
 */
function asNumbers(op: Comparison, left: JsonValue, right: JsonValue): [JsonValue, JsonValue] {
  const areTexts = typeof left === 'string' && typeof right === 'string';
  if (op === 'contains' || op === 'startsWith') return [left, right];
  if (areTexts && (op === 'equals' || op === 'notEquals')) return [left, right];
  const [a, b] = [numberOf(left), numberOf(right)];
  return a === null || b === null ? [left, right] : [a, b];
}

/** The number that a value is, or is the text of; null where it is none. */
function numberOf(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

/** Epoch milliseconds; null where the text is no instant with a zone. */
function instantOf(value: JsonValue): number | null {
  const isWritten =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const instant = isWritten ? Date.parse(value) : NaN;
  return Number.isNaN(instant) ? null : instant;
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
  if (typeof left === 'number' && typeof right === 'number') return isMet(left - right);
  if (typeof left === 'string' && typeof right === 'string') return isMet(left < right ? -1 : left > right ? 1 : 0);
  return false;
}

function contains(whole: JsonValue, part: JsonValue): boolean {
  if (Array.isArray(whole)) return whole.some((item) => isSame(item, part));
  return typeof whole === 'string' && part !== null && part !== '' && whole.includes(toText(part));
}
