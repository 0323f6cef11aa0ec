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
    ['2026-11-25T13:30:00Z', 'startsWith', '2026-11-25T13:30:00Z', true],
    ['pro', 'oneOf', ['free', 'pro'], true],
    [5, 'oneOf', ['5'], true],
    [null, 'oneOf', [null], false],
    ['pro', 'oneOf', 'pro', false],
    ['2026-11-25', 'before', '2026-11-25T00:00:01+00:00', true],
    ['2026-11-25', 'before', '2026-11-25T00:30:00+01:00', false],
    ['2026-02-30', 'before', '2026-03-05', false],
    ['yesterday', 'after', '2026-01-01', false],
    [1, 'after', 0, false],
    ['\uffee', 'lessThan', '😀', true],
    ['2026-02-30T00:00:00Z', 'equals', '2026-03-02T00:00:00Z', false],
    ['9'.repeat(301), 'greaterThan', 1, false],
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

describe('what a contact did', () => {
  const day = 86_400_000;
  const now = '2026-03-29T01:30:00.000Z';
  const at = (days: number, amount: number) => ({
    name: 'Ordered',
    at: Date.parse(now) - days * day,
    properties: { amount },
  });
  const did: Facts = { ...facts, now, events: [at(20, 10), at(14, 90), at(1, 30)] };
  const ordered = { kind: 'performed', event: 'Ordered' } as const;
  const amount = { kind: 'event', path: ['amount'] } as const;
  const over50 = [{ kind: 'compare', op: 'greaterThan', left: amount, right: literal(50) }] as const;

  it('is counted, looked back on, and asked about', () => {
    const asked = (more: object): boolean => holds({ ...ordered, ...more }, did);
    expect([asked({}), asked({ event: 'Opened' })]).toEqual([true, false]);
    expect(asked({ count: { op: 'exactly', times: 3 } })).toBe(true);
    expect(asked({ count: { op: 'exactly', times: 2 }, within: 'P14D' })).toBe(true);
    expect(asked({ count: { op: 'atMost', times: 0 }, event: 'Opened' })).toBe(true);
    expect([asked({ where: over50 }), asked({ where: over50, within: 'P13D' })]).toEqual([true, false]);
    expect([asked({ where: over50, which: 'first' }), asked({ where: over50, which: 'last' })]).toEqual([false, false]);
    expect(asked({ where: over50, which: 'first', within: 'P2W' })).toBe(true);
  });

  it('is compared with now, in whichever zone an instant is written; without a clock there is none', () => {
    const since = (text: string, plus: string): boolean =>
      holds({ kind: 'compare', op: 'before', left: literal(text), right: { kind: 'now', plus } }, did);
    expect(since('2026-03-15T03:29:59+02:00', '-P14D')).toBe(true);
    expect(since('2026-03-15T03:30:00+02:00', '-P14D')).toBe(false);
    expect(holds({ kind: 'exists', value: { kind: 'now' } }, facts)).toBe(false);
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
