import { describe, expect, it } from 'vitest';
import type { Condition, ValueExpression } from '../../contracts/journeys/conditions.schema.ts';
import { segmentLimits } from '../../contracts/segments/limits.ts';
import { checkRule } from './check-rule.ts';
import { answersOf, leavesOf } from './parts-of.ts';
import { readsOf } from './reads-of.ts';
import { resolveRule } from './resolve-rule.ts';

const plan: ValueExpression = { kind: 'contact', path: ['plan'] };
const literal = (value: string | string[]): ValueExpression => ({ kind: 'literal', value });
const isPro: Condition = { kind: 'compare', op: 'equals', left: plan, right: literal('pro') };
const inSegment = (segment: string): Condition => ({ kind: 'inSegment', segment });
const all = (...of: Condition[]): Condition => ({ kind: 'all', of });
const now: ValueExpression = { kind: 'now' };
const amount: ValueExpression = { kind: 'event', path: ['amount'] };
const compare = (
  op: 'equals' | 'contains' | 'oneOf' | 'before',
  left: ValueExpression,
  right: ValueExpression,
): Condition => ({
  kind: 'compare',
  op,
  left,
  right,
});

describe('checkRule', () => {
  it.each<[string, string, Condition]>([
    ['segment.now', 'rule.of.0', all(compare('equals', plan, now))],
    ['segment.notWritten', 'rule.right', compare('contains', plan, plan)],
    ['segment.noList', 'rule.right', compare('oneOf', plan, literal('pro'))],
    ['segment.value', 'rule.left', compare('equals', { kind: 'entryKey' }, literal('pro'))],
    ['segment.value', 'rule.left', compare('equals', { kind: 'text', parts: [] }, literal('pro'))],
    ['segment.now', 'rule.left.values.0', compare('before', { kind: 'firstOf', values: [now] }, literal('2026-01-01'))],
    ['event.outsideFilter', 'rule.left', compare('equals', amount, literal('5'))],
    [
      'segment.nowOfEvent',
      'rule.where.0.right',
      { kind: 'performed', event: 'A', where: [compare('before', amount, now)] },
    ],
    ['segment.insideEvent', 'rule.where.0', { kind: 'performed', event: 'A', where: [inSegment('a')] }],
    [
      'segment.countOfOne',
      'rule.count',
      { kind: 'performed', event: 'A', which: 'last', count: { op: 'exactly', times: 1 } },
    ],
    ['segment.ofSegments', 'rule.event', { kind: 'performed', event: '$segmentLeft' }],
    ['segment.tooLarge', 'rule', compare('oneOf', plan, literal(Array.from({ length: 200 }, () => 'x')))],
  ])('refuses with %s at %s', (code, path, rule) => {
    expect(checkRule(rule)).toEqual([expect.objectContaining({ code, path })]);
  });

  it('takes what it can ask, and no more levels than it says', () => {
    const performed: Condition = { kind: 'performed', event: 'A', where: [compare('equals', amount, plan)] };
    expect(checkRule(all(isPro, performed, inSegment('a'), compare('before', plan, now)))).toEqual([]);
    const nested = (levels: number): Condition => (levels === 1 ? isPro : all(nested(levels - 1)));
    expect(checkRule(nested(segmentLimits.depth))).toEqual([]);
    expect(checkRule(nested(segmentLimits.depth + 1))).toMatchObject([{ code: 'segment.tooDeep' }]);
  });
});

describe('resolveRule', () => {
  it('puts the rules of segments in the place of their names', () => {
    const rules = new Map([
      ['pro', isPro],
      ['buyers', all(inSegment('pro'), { kind: 'performed', event: 'Ordered' })],
    ]);
    const result = resolveRule({ kind: 'not', condition: inSegment('buyers') }, 'others', rules);
    const rule: Condition = { kind: 'not', condition: all(isPro, { kind: 'performed', event: 'Ordered' }) };
    expect(result).toEqual({ kind: 'resolved', rule, uses: ['buyers', 'pro'] });
    expect(readsOf(rule)).toEqual(['contact.plan', 'event.Ordered']);
    expect(leavesOf(rule).map(({ path }) => path)).toEqual(['rule.condition.of.0', 'rule.condition.of.1']);
  });

  it('names what is not there, the way back to itself, and what grows beyond bounds', () => {
    expect(resolveRule(inSegment('no'), 'a', new Map())).toEqual({ kind: 'unknown', segment: 'no' });
    expect(resolveRule(inSegment('a'), 'a', new Map())).toEqual({ kind: 'circle', path: ['a', 'a'] });
    const around = new Map([
      ['b', all(inSegment('c'))],
      ['c', inSegment('a')],
    ]);
    expect(resolveRule(inSegment('b'), 'a', around)).toEqual({ kind: 'circle', path: ['a', 'b', 'c', 'a'] });
    const doubling = new Map(
      Array.from({ length: 20 }, (_, n) => [
        `s${n}`,
        n === 0 ? isPro : all(inSegment(`s${n - 1}`), inSegment(`s${n - 1}`)),
      ]),
    );
    expect(resolveRule(inSegment('s19'), 'a', doubling)).toEqual({ kind: 'tooLarge' });
  });
});

describe('answersOf', () => {
  it('says of each question whether it holds, by those that have no others in them', () => {
    const rule: Condition = { kind: 'any', of: [all(isPro, inSegment('a')), { kind: 'not', condition: isPro }, all()] };
    const held = new Map([
      ['rule.of.0.of.0', true],
      ['rule.of.0.of.1', false],
      ['rule.of.1.condition', true],
    ]);
    expect(answersOf(rule, held).map(({ path, kind, holds }) => `${path} ${kind} ${holds}`)).toEqual([
      'rule any true',
      'rule.of.0 all false',
      'rule.of.0.of.0 compare true',
      'rule.of.0.of.1 inSegment false',
      'rule.of.1 not false',
      'rule.of.1.condition compare true',
      'rule.of.2 all true',
    ]);
  });
});
