import { describe, expect, it } from 'vitest';
import type { Comparison, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import type { JsonValue } from '../../contracts/core/machine.ts';
import { holds } from './holds.ts';
import { referencesIn, referencesOf } from './references.ts';
import { evaluate, evaluateAll, type Facts, valueOf, ValuesTooLarge } from './values.ts';

const facts: Facts = {
  contact: { externalId: 'ana', firstName: '', address: { city: 'Graz' }, tags: ['vip'] },
  entry: { key: 'cart-1', properties: { plan: 'pro', seats: 3 } },
  outputs: { subject: { text: 'Hi', confidence: 0.6 } },
  event: { amount: 50 },
};
const literal = (value: JsonValue): ValueExpression => ({ kind: 'literal', value });

describe('evaluate', () => {
  it.each<[ValueExpression, JsonValue]>([
    [literal([1]), [1]],
    [{ kind: 'contact', path: ['address', 'city'] }, 'Graz'],
    [{ kind: 'contact', path: ['address', 'city', 'deeper'] }, null],
    [{ kind: 'contact', path: ['constructor'] }, null],
    [{ kind: 'contact', path: ['__proto__', 'x'] }, null],
    [{ kind: 'entry', path: ['plan'] }, 'pro'],
    [{ kind: 'entryKey' }, 'cart-1'],
    [
      { kind: 'output', step: 'subject', path: [] },
      { text: 'Hi', confidence: 0.6 },
    ],
    [{ kind: 'output', step: 'toString', path: ['length'] }, null],
    [{ kind: 'event', path: ['amount'] }, 50],
    [{ kind: 'firstOf', values: [{ kind: 'contact', path: ['firstName'] }, literal('friend')] }, 'friend'],
    [{ kind: 'text', parts: [literal('Hi '), literal(null), { kind: 'entry', path: ['seats'] }] }, 'Hi 3'],
    [{ kind: 'object', fields: { seats: { kind: 'entry', path: ['seats'] } } }, { seats: 3 }],
  ])('%j is %j', (expression, expected) => {
    expect(evaluate(expression, facts)).toEqual(expected);
  });

  it('finds no event outside a filter', () => {
    expect(evaluate({ kind: 'event', path: ['amount'] }, { ...facts, event: {} })).toBeNull();
  });
});

describe('holds', () => {
  it.each<[JsonValue, Comparison, JsonValue, boolean]>([
    [{ a: 1, b: [2] }, 'equals', { b: [2], a: 1 }, true],
    [{ toString: null }, 'equals', {}, true],
    [null, 'equals', 'x', false],
    [null, 'notEquals', 'x', true],
    [0.6, 'lessThan', 0.7, true],
    [0.7, 'lessThan', 0.7, false],
    [0.7, 'atMost', 0.7, true],
    ['2026-01-02', 'greaterThan', '2026-01-01', true],
    // mautic/mautic#7705, objectstack#1534, xyne-spaces#217: a form and a file send numbers as texts.
    [3, 'atLeast', '3', true],
    ['250000.00', 'greaterThan', 100_000, true],
    ['10', 'greaterThan', '2', true],
    ['-5', 'lessThan', '3', true],
    [5, 'equals', '5.0', true],
    ['5', 'notEquals', 5, false],
    ['007', 'equals', '7', false],
    ['10', 'startsWith', '1', true],
    ['ten', 'greaterThan', 2, false],
    ['', 'atMost', 0, false],
    [true, 'equals', 1, false],
    ['v10', 'lessThan', 'v2', true],
    // mautic/mautic#9854: as texts these are the other way round.
    ['2026-11-25T13:30:00+02:00', 'lessThan', '2026-11-25T12:00:00Z', true],
    ['2026-11-25T13:30:00+02:00', 'equals', '2026-11-25T11:30:00.000Z', true],
    ['2026-11-25T13:30:00+02:00', 'notEquals', '2026-11-25T11:30Z', false],
    ['2026-11-25T13:30:00+02:00', 'greaterThan', '2026-11-25', true],
    ['2026-13-25T13:30:00Z', 'equals', '2026-13-25T13:30:00+00:00', false],
    [null, 'lessThan', 1, false],
    [['vip'], 'contains', 'vip', true],
    ['newsletter', 'contains', 'letter', true],
    ['newsletter', 'contains', '', false],
    ['newsletter', 'startsWith', 'news', true],
    [5, 'startsWith', '5', false],
  ])('%j %s %j: %s', (left, op, right, expected) => {
    expect(holds({ kind: 'compare', op, left: literal(left), right: literal(right) }, facts)).toBe(expected);
  });

  it('joins and negates; all of nothing holds, any of nothing does not', () => {
    const yes = { kind: 'exists', value: literal(1) } as const;
    const no = { kind: 'not', condition: yes } as const;
    expect(holds({ kind: 'all', of: [yes, no] }, facts)).toBe(false);
    expect(holds({ kind: 'any', of: [no, yes] }, facts)).toBe(true);
    expect(holds({ kind: 'all', of: [] }, facts)).toBe(true);
    expect(holds({ kind: 'any', of: [] }, facts)).toBe(false);
  });
});

describe('references', () => {
  it('says which have something that stands in for them', () => {
    const output = { kind: 'output', step: 'subject', path: ['text'] } as const;
    expect(referencesOf({ kind: 'firstOf', values: [output, literal('x')] })[0]).toMatchObject({
      step: 'subject',
      isGuarded: true,
    });
    expect(referencesOf({ kind: 'text', parts: [output] })[0]).toMatchObject({ isGuarded: false });
    expect(referencesIn({ kind: 'not', condition: { kind: 'exists', value: output } })[0]).toMatchObject({
      isGuarded: true,
    });
  });
});

describe('values that multiply what they are given (security 11)', () => {
  const long: Facts = { ...facts, contact: { t: 'x'.repeat(30_000) } };
  const t: ValueExpression = { kind: 'contact', path: ['t'] };
  const hundred: ValueExpression = { kind: 'text', parts: Array.from({ length: 100 }, () => t) };
  const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, t]));

  it.each<[string, ValueExpression]>([
    ['a text of a text a hundred times', hundred],
    ['of that again', { kind: 'text', parts: Array.from({ length: 100 }, () => hundred) }],
    ['an object of a hundred', { kind: 'object', fields }],
    ['the first of what is too large', { kind: 'firstOf', values: [hundred, literal('x')] }],
  ])('are not there for a condition, and refused for a step: %s', (_, expression) => {
    expect(evaluate(expression, long)).toBeNull();
    expect(() => valueOf(expression, long)).toThrow(ValuesTooLarge);
  });

  it('are counted together for one step', () => {
    expect(evaluateAll({ a: t, b: t }, long)).toMatchObject({ b: expect.stringMatching(/^x+$/) });
    expect(() => evaluateAll({ a: t, b: t, c: t }, long)).toThrow('longer than 65536 characters together');
  });
});
