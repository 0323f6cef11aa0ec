import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../contracts/core/json.ts';
import { misfitOf, schemaFault } from './answer-schema.ts';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const text = (more: JsonObject): JsonObject => object({ text: { type: 'string', ...more } });

describe('a schema of answers', () => {
  it.each<[string, JsonObject, JsonValue, string | null]>([
    ['a text', text({}), { text: 'x' }, null],
    ['another type', text({}), { text: 5 }, 'text: expected string'],
    ['several types', object({ n: { type: ['integer', 'null'] } }), { n: 1.5 }, 'n: expected integer or null'],
    ['what is missing', object({}, { required: ['a'] }), {}, ": 'a' is missing"],
    ['what is too much', object({}, { additionalProperties: false }), { a: 1 }, ": 'a' is not expected"],
    [
      'other properties of a kind',
      object({}, { additionalProperties: { type: 'string' } }),
      { a: 1 },
      'a: expected string',
    ],
    ['one of several words', text({ enum: ['a', 'b'] }), { text: 'c' }, 'text: expected one of ["a","b"]'],
    ['the one value', object({ n: { const: { a: 1, b: 2 } } }), { n: { b: 2, a: 1 } }, null],
    ['a long text', text({ maxLength: 2 }), { text: 'abc' }, 'text: expected at most 2 characters'],
    ['a character of two units', text({ maxLength: 1 }), { text: '😀' }, null],
    ['a pattern', text({ pattern: '^[A-Z]{2}\\d+$' }), { text: 'AB12' }, null],
    [
      'another text than the pattern',
      text({ pattern: '^\\d+$' }),
      { text: '1x' },
      'text: expected a text that fits ^\\d+$',
    ],
    ['a format', text({ format: 'date' }), { text: '2026-02-30' }, 'text: expected the format date'],
    ['a format that is not known', text({ format: 'colour' }), { text: 'x' }, null],
    ['names by a pattern', { patternProperties: { '^n_': { type: 'number' } } }, { n_a: 'x' }, 'n_a: expected number'],
    ['a list', { type: 'array', items: { type: 'integer' }, minItems: 1 }, [1, 'x'], '1: expected integer'],
    [
      'a list without anything twice',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      ': expected no item twice',
    ],
    ['an item of a kind', { contains: { const: 1 } }, [2], ': expected an item of another kind in it'],
    ['a place in a list', { prefixItems: [{ type: 'string' }], items: false }, ['a', 1], '1: is not expected'],
    ['a number in its bounds', object({ n: { minimum: 0, exclusiveMaximum: 1 } }), { n: 1 }, 'n: expected less than 1'],
    ['a fraction', object({ n: { multipleOf: 0.1 } }), { n: 0.3 }, null],
    ['alternatives', { anyOf: [{ type: 'string' }, { type: 'null' }] }, 5, ': expected string'],
    [
      'one alternative alone',
      { oneOf: [{ minimum: 1 }, { minimum: 2 }] },
      3,
      ': fits several of the alternatives, of which one is expected',
    ],
    ['what must not be', { not: { type: 'string' } }, 'x', ': is what it must not be'],
    ['a definition', { $defs: { n: { type: 'number' } }, items: { $ref: '#/$defs/n' } }, ['x'], '0: expected number'],
    [
      'itself',
      object({ next: { $ref: '#' }, n: { type: 'number' } }),
      { next: { next: { n: 'x' } } },
      'next.next.n: expected number',
    ],
  ])('knows %s', (_, schema, answer, expected) => {
    expect(schemaFault(schema)).toBeNull();
    const misfit = misfitOf(schema, answer);
    expect(misfit && `${misfit.path.join('.')}: ${misfit.message}`).toBe(expected);
  });

  it.each<[string, JsonValue, string]>([
    ['looking around', text({ pattern: '^(?=a)b$' }), 'properties.text.pattern'],
    ['a reference to a group', text({ pattern: '(a)\\1' }), 'properties.text.pattern'],
    ['a pattern that repeats repetitions', text({ pattern: '((a{100}){100}){100}' }), 'properties.text.pattern'],
    ['a pattern of names that looks around', { patternProperties: { '(?!x)': {} } }, 'patternProperties.(?!x)'],
    ['what is not compared', { if: {}, else: false }, 'if'],
    ['a schema elsewhere', { $ref: 'https://example.com/s' }, '$ref'],
    ['a definition that is not there', { $ref: '#/$defs/constructor', $defs: {} }, '$ref'],
    ['a rule of another kind', object({ a: { minLength: 'x' } }), 'properties.a.minLength'],
    ['what is no schema', object({ a: 'string' }), 'properties.a'],
    [
      'more than a question asks',
      object(Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`p${n}`, {}]))),
      '',
    ],
  ])('refuses %s', (_, schema, path) => expect(schemaFault(schema)?.path).toBe(path));
});

/** Each kept a process busy for good, or for minutes: in patterns, and in schemas that double what is to be done at each level. */
describe('a schema that would hang the process that compares with it', () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => {
      const next = { $ref: `#/$defs/d${n + 1}` };
      return [`d${n}`, n === 59 ? { type: 'string' } : { allOf: [next, next] }];
    }),
  );
  it.each<[string, JsonObject, JsonValue, string]>([
    [
      'words and their separators, again and again (security 1)',
      text({ pattern: '^([a-zA-Z]+[ ,.]*)*!!$' }),
      { text: 'a'.repeat(20_000) },
      'expected a text that fits',
    ],
    [
      'repeated repetition',
      text({ pattern: '^(a+)+$' }),
      { text: `${'a'.repeat(20_000)}!` },
      'expected a text that fits',
    ],
    [
      'alternatives that overlap',
      text({ pattern: '^(a|a)*$' }),
      { text: `${'a'.repeat(20_000)}!` },
      'expected a text that fits',
    ],
    ['the same in names', { patternProperties: { '^(a+)+$': {} } }, { [`${'a'.repeat(20_000)}!`]: 1 }, ''],
    ['definitions that double', { $ref: '#/$defs/d0', $defs: doubling }, 'x', 'takes too long'],
    ['a definition that is itself', { $ref: '#' }, 'x', 'refers to itself'],
    [
      'a text of many characters for a long pattern',
      text({ pattern: '(a?){200}b' }),
      { text: 'a'.repeat(100_000) },
      'takes too long',
    ],
  ])('%s', (_, schema, answer, expected) => {
    expect(schemaFault(schema)).toBeNull();
    expect(misfitOf(schema, answer)?.message ?? '').toContain(expected);
  });

  it('refuses an answer that is nested beyond measure', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as JsonValue;
    expect(misfitOf({ items: { $ref: '#' } }, deep)?.message).toContain('nested deeper');
  });
});
