import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../contracts/core/json.ts';
import { hasType, isObject } from '../../domain/conditions/values.ts';
import { formats } from './schema-formats.ts';
import { linearPattern, PatternRefused } from './linear-pattern.ts';

/** Where a value that does not fit stands, and what was expected there; `unexpected` are keys of it that its schema does not allow. */
export type Misfit = { path: readonly string[]; message: string; unexpected?: readonly string[] };

/** What a keyword may ask while a value is compared with its schema. */
export type Comparison = {
  /** The schema that the keyword stands in. */
  schema: JsonObject;
  path: readonly string[];
  /** Compares the value, or with `step` the part of it under that name, with another schema. */
  compare(schema: JsonValue | undefined, value: JsonValue, step?: string): Misfit | null;
  resolve(reference: string): JsonValue | undefined;
  /** Counts work, of which there is a bound. */
  spend(work: number): void;
};

/** A keyword of JSON Schema: what it is written with, the schemas inside it, and what does not fit it. */
export type Keyword = {
  rule: z.ZodType;
  parts(rule: JsonValue): [step: string, schema: JsonValue | undefined][];
  misfit(rule: JsonValue, value: JsonValue, at: Comparison): Misfit | string | null;
};

const size = z.int().min(0);
const named = z.record(z.string(), z.unknown());
const several = z.array(z.unknown()).min(1);
const pattern = z
  .string()
  .refine(isLinear, 'cannot be searched for in linear time; leave out looking around and references');

/** A keyword that is written with `rule` and holds no schema. */
function plain<T>(
  rule: z.ZodType<T>,
  misfit: (rule: T, value: JsonValue, at: Comparison) => Misfit | string | null,
): Keyword {
  // `schemaFault` has read the rule by its schema.
  return { rule, parts: () => [], misfit: (given, value, at) => misfit(given as T, value, at) };
}

/** A bound of a number that `of` takes from a value; null: the value has none. */
function bound<T extends number>(
  rule: z.ZodType<T>,
  of: (value: JsonValue) => number | null,
  fits: (found: number, rule: T) => boolean,
  words: (rule: T) => string,
): Keyword {
  return plain(rule, (most, value) => {
    const found = of(value);
    return found === null || fits(found, most) ? null : `expected ${words(most)}`;
  });
}

const textLength = (value: JsonValue): number | null => (typeof value === 'string' ? Array.from(value).length : null);
const listLength = (value: JsonValue): number | null => (Array.isArray(value) ? value.length : null);
const entries = (value: JsonValue): number | null => (isObject(value) ? Object.keys(value).length : null);
const amount = (value: JsonValue): number | null => (typeof value === 'number' ? value : null);
const isAtLeast = (found: number, least: number): boolean => found >= least;
const isAtMost = (found: number, most: number): boolean => found <= most;

/** One schema, under no name of its own. */
const inside = (rule: JsonValue): [string, JsonValue | undefined][] => [['', rule]];
const listed = (rule: JsonValue): [string, JsonValue | undefined][] =>
  Array.isArray(rule) ? rule.map((schema: JsonValue, index) => [String(index), schema]) : [];
const under = (rule: JsonValue): [string, JsonValue | undefined][] => (isObject(rule) ? Object.entries(rule) : []);
const schemas = (rule: JsonValue): JsonValue[] => (Array.isArray(rule) ? [...rule] : []);

/** The keywords that answers are compared by, those of draft 2020-12 that models understand. */
export const keywords: Readonly<Record<string, Keyword>> = {
  $ref: plain(z.string(), (reference, value, at) => at.compare(at.resolve(reference), value)),
  $defs: { rule: named, parts: under, misfit: () => null },
  definitions: { rule: named, parts: under, misfit: () => null },
  type: plain(z.union([z.string(), z.array(z.string()).min(1)]), (types, value) =>
    [types].flat().some((type) => hasType(value, type)) ? null : `expected ${[types].flat().join(' or ')}`,
  ),
  enum: plain(z.array(z.unknown()), (options, value, at) => {
    const found = textOf(value);
    at.spend(options.length * 10);
    return options.some((option) => textOf(option) === found)
      ? null
      : `expected one of ${textOf(options).slice(0, 200)}`;
  }),
  const: plain(z.unknown(), (only, value) => (textOf(only) === textOf(value) ? null : `expected ${textOf(only)}`)),
  allOf: {
    rule: several,
    parts: listed,
    misfit: (rule, value, at) => first(schemas(rule), (each) => at.compare(each, value)),
  },
  anyOf: {
    rule: several,
    parts: listed,
    misfit(rule, value, at) {
      const misfits = schemas(rule).map((each) => at.compare(each, value));
      return misfits.includes(null) ? null : (misfits[0] ?? null);
    },
  },
  oneOf: {
    rule: several,
    parts: listed,
    misfit(rule, value, at) {
      const misfits = schemas(rule).map((each) => at.compare(each, value));
      const fitting = misfits.filter((misfit) => misfit === null).length;
      if (fitting === 1) return null;
      return fitting === 0 ? (misfits[0] ?? null) : 'fits several of the alternatives, of which one is expected';
    },
  },
  not: {
    rule: z.unknown(),
    parts: inside,
    misfit: (rule, value, at) => (at.compare(rule, value) ? null : 'is what it must not be'),
  },
  properties: {
    rule: named,
    parts: under,
    misfit: (rule, value, at) =>
      isObject(value)
        ? first(under(rule), ([name, schema]) => {
            const part = Object.hasOwn(value, name) ? value[name] : undefined;
            return part === undefined ? null : at.compare(schema, part, name);
          })
        : null,
  },
  required: plain(z.array(z.string()), (names, value) => {
    const missing = isObject(value) ? names.find((name) => !Object.hasOwn(value, name)) : undefined;
    return missing === undefined ? null : `'${missing}' is missing`;
  }),
  additionalProperties: {
    rule: z.unknown(),
    parts: inside,
    misfit(rule, value, at) {
      if (!isObject(value)) return null;
      const known = isObject(at.schema['properties']) ? at.schema['properties'] : {};
      const patterns = isObject(at.schema['patternProperties']) ? Object.keys(at.schema['patternProperties']) : [];
      const others = Object.entries(value).filter(
        ([name]) => !Object.hasOwn(known, name) && !patterns.some((source) => isFound(source, name, at)),
      );
      if (rule === false) {
        const unexpected = others.map(([name]) => name);
        return unexpected.length > 0
          ? { path: at.path, message: `'${unexpected[0]}' is not expected`, unexpected }
          : null;
      }
      return first(others, ([name, part]) => (part === undefined ? null : at.compare(rule, part, name)));
    },
  },
  patternProperties: {
    rule: z.record(pattern, z.unknown()),
    parts: under,
    misfit: (rule, value, at) =>
      isObject(value)
        ? first(under(rule), ([source, schema]) =>
            first(Object.entries(value), ([name, part]) =>
              part !== undefined && isFound(source, name, at) ? at.compare(schema, part, name) : null,
            ),
          )
        : null,
  },
  propertyNames: {
    rule: z.unknown(),
    parts: inside,
    misfit: (rule, value, at) =>
      isObject(value) ? first(Object.keys(value), (name) => at.compare(rule, name, name)) : null,
  },
  minProperties: bound(size, entries, isAtLeast, (least) => `at least ${least} properties`),
  maxProperties: bound(size, entries, isAtMost, (most) => `at most ${most} properties`),
  prefixItems: {
    rule: several,
    parts: listed,
    misfit: (rule, value, at) =>
      Array.isArray(value)
        ? first(schemas(rule).slice(0, value.length).entries(), ([index, schema]) =>
            at.compare(schema, (value as JsonValue[])[index] ?? null, String(index)),
          )
        : null,
  },
  items: {
    rule: z.unknown(),
    parts: inside,
    misfit(rule, value, at) {
      if (!Array.isArray(value)) return null;
      const before = Array.isArray(at.schema['prefixItems']) ? at.schema['prefixItems'].length : 0;
      return first(value.entries(), ([index, item]: [number, JsonValue]) =>
        index < before ? null : at.compare(rule, item, String(index)),
      );
    },
  },
  contains: {
    rule: z.unknown(),
    parts: inside,
    misfit: (rule, value, at) =>
      Array.isArray(value) && !value.some((item: JsonValue) => at.compare(rule, item) === null)
        ? 'expected an item of another kind in it'
        : null,
  },
  uniqueItems: plain(z.boolean(), (isAsked, value) =>
    isAsked && Array.isArray(value) && new Set(value.map(textOf)).size < value.length ? 'expected no item twice' : null,
  ),
  minItems: bound(size, listLength, isAtLeast, (least) => `at least ${least} items`),
  maxItems: bound(size, listLength, isAtMost, (most) => `at most ${most} items`),
  minLength: bound(size, textLength, isAtLeast, (least) => `at least ${least} characters`),
  maxLength: bound(size, textLength, isAtMost, (most) => `at most ${most} characters`),
  pattern: plain(pattern, (source, value, at) =>
    typeof value !== 'string' || isFound(source, value, at) ? null : `expected a text that fits ${source}`,
  ),
  format: plain(z.string(), (name, value) => {
    const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
    return typeof value !== 'string' || !format || format(value) ? null : `expected the format ${name}`;
  }),
  minimum: bound(z.number(), amount, isAtLeast, (least) => `at least ${least}`),
  maximum: bound(z.number(), amount, isAtMost, (most) => `at most ${most}`),
  exclusiveMinimum: bound(
    z.number(),
    amount,
    (found, least) => found > least,
    (least) => `more than ${least}`,
  ),
  exclusiveMaximum: bound(
    z.number(),
    amount,
    (found, most) => found < most,
    (most) => `less than ${most}`,
  ),
  multipleOf: bound(z.number().positive(), amount, isMultiple, (step) => `a multiple of ${step}`),
};

/** Keywords that ask for what is not compared here: a schema with one would promise more than is kept. */
export const unsupported: readonly string[] = [
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  '$recursiveRef',
];

function first<T>(all: Iterable<T>, misfit: (each: T) => Misfit | null): Misfit | null {
  for (const each of all) {
    const found = misfit(each);
    if (found) return found;
  }
  return null;
}

function isFound(source: string, text: string, at: Comparison): boolean {
  const { size: steps, test } = linearPattern(source);
  at.spend(steps * text.length);
  return test(text);
}

function isLinear(source: string): boolean {
  try {
    linearPattern(source);
    return true;
  } catch (error) {
    if (error instanceof PatternRefused) return false;
    throw error;
  }
}

/** Decimal fractions are not exact: 0.3 is three times 0.1. */
function isMultiple(found: number, of: number): boolean {
  const times = found / of;
  return Math.abs(times - Math.round(times)) < 1e-9 * Math.max(1, Math.abs(times));
}

/** A value as text in which the order of properties does not matter. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
