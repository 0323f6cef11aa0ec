import { own } from '../../contracts/core/json.ts';
import type { ValueExpression, ValuePath } from '../../contracts/journeys/conditions.schema.ts';
import { limits } from '../../contracts/core/limits.ts';
import type { JsonObject, JsonValue } from '../../contracts/core/machine.ts';
import { shiftOf } from './moments.ts';

/** Something that a contact did; `at` is when it occurred, in epoch milliseconds. */
export type PastEvent = { name: string; at: number; properties: JsonObject };

/**
 * The facts that expressions are evaluated against. `outputs` is by step id; `event` only while a filter is evaluated; `now` is an ISO instant.
 * `events` are all that the contact did, in the order in which it happened: only where the rule of a segment is evaluated.
 */
export type Facts = {
  contact: JsonObject;
  entry: { key: string | null; properties: JsonObject };
  outputs: Readonly<Record<string, JsonObject>>;
  event?: JsonObject;
  now?: string;
  events?: readonly PastEvent[];
};

/** Values of one step that are more than `limits.valueCharacters` together: a definition can multiply what it is given at each step. */
export class ValuesTooLarge extends Error {
  constructor() {
    super(`its values are longer than ${limits.valueCharacters} characters together`);
  }
}

/** How many characters may still be taken. */
type Room = { left: number };

/** The value of an expression; null when it is not there, and when it is too large. Never throws. */
export function evaluate(expression: ValueExpression, facts: Facts): JsonValue {
  try {
    return valueOf(expression, facts);
  } catch (error) {
    if (error instanceof ValuesTooLarge) return null;
    throw error;
  }
}

/** As `evaluate`, for what a step is given. @throws ValuesTooLarge */
export function valueOf(expression: ValueExpression, facts: Facts): JsonValue {
  return take(expression, facts, { left: limits.valueCharacters });
}

/** The values of several expressions under their names. @throws ValuesTooLarge */
export function evaluateAll(fields: Readonly<Record<string, ValueExpression>>, facts: Facts): JsonObject {
  return takeAll(fields, facts, { left: limits.valueCharacters });
}

/** What a part of a value has, the value has too, so each is counted where it is taken from, and nothing is made that is too large. */
function take(expression: ValueExpression, facts: Facts, room: Room): JsonValue {
  switch (expression.kind) {
    case 'literal':
      return counted(expression.value, room);
    case 'contact':
      return counted(at(facts.contact, expression.path), room);
    case 'entry':
      return counted(at(facts.entry.properties, expression.path), room);
    case 'entryKey':
      return counted(facts.entry.key, room);
    case 'output':
      return counted(at(own(facts.outputs, expression.step) ?? null, expression.path), room);
    case 'event':
      return counted(at(facts.event ?? null, expression.path), room);
    case 'now':
      return facts.now === undefined ? null : new Date(Date.parse(facts.now) + shiftOf(expression.plus)).toISOString();
    case 'firstOf':
      return firstOf(expression.values, facts, room);
    case 'text':
      return expression.parts.map((part) => toText(take(part, facts, room))).join('');
    case 'object':
      return takeAll(expression.fields, facts, room);
  }
}

function takeAll(fields: Readonly<Record<string, ValueExpression>>, facts: Facts, room: Room): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, take(value, facts, room)]));
}

function counted(value: JsonValue, room: Room): JsonValue {
  room.left -= typeof value === 'string' ? value.length : JSON.stringify(value).length;
  if (room.left < 0) throw new ValuesTooLarge();
  return value;
}

/** A value as words: nothing for null, JSON for lists and objects. */
export function toText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Whether a value is a JSON object, neither list nor null. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is of a type by its name in JSON Schema. */
export function hasType(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === type;
  }
}

function firstOf(values: readonly ValueExpression[], facts: Facts, room: Room): JsonValue {
  for (const value of values) {
    const found = take(value, facts, room);
    if (found !== null && found !== '') return found;
  }
  return null;
}

function at(value: JsonValue, path: ValuePath): JsonValue {
  return path.reduce<JsonValue>((outer, name) => (isObject(outer) ? (own(outer, name) ?? null) : null), value);
}
