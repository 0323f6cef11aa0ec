import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WithdrawalPolicy } from '../../../contracts/courses/course.schema.ts';
import type { QuoteFacts } from '../../../contracts/courses/enrollment.ts';
import { quote } from './quote.ts';
import { unlimited } from '../../../test/support/properties.ts';

/** California Education Code 94920 as a policy: the later of first class and seventh day, then pro rata to 60 %. */
const california: WithdrawalPolicy = {
  version: 3,
  source: 'Cal. Educ. Code § 94920',
  anchor: 'laterOfBoth',
  fullRefundWithin: 'P7D',
  proRata: [{ upToPercent: 60, refund: 'unused' }],
  blockers: ['completed'],
  fee: { amountMinor: 25_000, on: 'full' },
  decideWithin: 'P45D',
};

const facts: QuoteFacts = {
  paidMinor: 100_000,
  currency: 'EUR',
  zone: 'Europe/Berlin',
  enrolledAt: '2026-03-01T09:00:00.000Z',
  startsAt: '2026-03-25T09:00:00.000Z',
  progressBasisPoints: 0,
  isCompleted: false,
  isPassed: false,
};

const muchLater = '2026-05-01T00:00:00.000Z';
const refund = (changes: Partial<QuoteFacts>, asOf: string, policy = california): number =>
  quote(policy, { ...facts, ...changes }, asOf).refundMinor;

describe('a refund quote', () => {
  it.each([
    ['KWD', 10_000, 6_670],
    ['ISK', 12_000, 8_100],
    ['EUR', 10_000, 6_667],
  ])('of a part is an amount that %s has (courses F18)', (currency, paidMinor, refunded) => {
    const policy = { ...california, anchor: 'enrollment', fee: { amountMinor: 0, on: 'full' } } as const;
    expect(refund({ currency, paidMinor, progressBasisPoints: 3_333 }, muchLater, policy)).toBe(refunded);
  });

  it('gives the full window in calendar days of the course zone, over a clock change', () => {
    // Berlin moves its clocks on 29 March 2026: seven calendar days end at 08:00 UTC, 168 hours would end at 09:00.
    const first = '2026-04-01T08:00:00.000Z';
    expect(refund({}, first)).toBe(75_000);
    expect(refund({ progressBasisPoints: 9_000 }, '2026-04-01T08:00:00.001Z')).toBe(0);
    expect(refund({}, '2026-04-01T08:00:00.001Z')).toBe(100_000);
  });

  it.each([
    ['enrollment', '2026-03-08T09:00:00.000Z'],
    ['start', '2026-04-01T08:00:00.000Z'],
    ['laterOfBoth', '2026-04-01T08:00:00.000Z'],
  ] as const)('counts day seven from the anchor %s', (anchor, last) => {
    const policy = { ...california, anchor, proRata: [] };
    expect(refund({}, last, policy)).toBe(75_000);
    expect(refund({}, new Date(Date.parse(last) + 1).toISOString(), policy)).toBe(0);
  });

  it('counts from the enrollment where a run has no start, and where one enrolls late', () => {
    expect(refund({ startsAt: null }, '2026-03-08T09:00:00.000Z')).toBe(75_000);
    const late = { enrolledAt: '2026-05-01T10:00:00.000Z', progressBasisPoints: 9_000 };
    expect(refund(late, '2026-05-08T10:00:00.000Z')).toBe(75_000);
    expect(refund(late, '2026-05-08T10:00:00.001Z')).toBe(0);
  });

  it.each([
    [0, 100_000],
    [1, 99_990],
    [5_999, 40_010],
    [6_000, 40_000],
    [6_001, 0],
    [10_000, 0],
  ])('gives for %i hundredths of a percent done %i back', (progressBasisPoints, expected) => {
    expect(refund({ progressBasisPoints }, muchLater)).toBe(expected);
  });

  it('takes the first row of a table that reaches the progress', () => {
    const table: WithdrawalPolicy = {
      ...california,
      proRata: [
        { upToPercent: 10, refund: 90 },
        { upToPercent: 33.33, refund: 50 },
      ],
    };
    expect(refund({ progressBasisPoints: 1_000 }, muchLater, table)).toBe(90_000);
    expect(refund({ progressBasisPoints: 1_001 }, muchLater, table)).toBe(50_000);
    expect(refund({ progressBasisPoints: 3_333 }, muchLater, table)).toBe(50_000);
    expect(refund({ progressBasisPoints: 3_334 }, muchLater, table)).toBe(0);
  });

  it('gives nothing where a blocker applies, even within the window', () => {
    const within = '2026-03-02T00:00:00.000Z';
    expect(quote(california, { ...facts, isCompleted: true }, within).lines).toEqual([
      { code: 'paid', reason: 'Paid so far', amountMinor: 100_000 },
      { code: 'blocked', reason: 'The course is completed', amountMinor: 0 },
    ]);
    expect(refund({ isPassed: true }, within)).toBe(75_000);
    expect(refund({ isPassed: true }, within, { ...california, blockers: ['passed'] })).toBe(0);
  });

  it('keeps back the fee from the refunds it is on, never more than the refund', () => {
    const fee = { amountMinor: 25_000, on: 'both' } as const;
    expect(refund({ progressBasisPoints: 5_000 }, muchLater)).toBe(50_000);
    expect(refund({ progressBasisPoints: 5_000 }, muchLater, { ...california, fee })).toBe(25_000);
    expect(refund({ paidMinor: 20_000 }, facts.enrolledAt)).toBe(0);
  });

  it('rounds a fraction of a minor unit up to the learner', () => {
    expect(refund({ paidMinor: 101, progressBasisPoints: 5_000 }, muchLater)).toBe(51);
  });

  it('says which policy it was made from, and why each line is there', () => {
    expect(quote(california, facts, '2026-03-02T00:00:00.000Z')).toEqual({
      policyVersion: 3,
      asOf: '2026-03-02T00:00:00.000Z',
      currency: 'EUR',
      paidMinor: 100_000,
      refundMinor: 75_000,
      retainedMinor: 25_000,
      lines: [
        { code: 'paid', reason: 'Paid so far', amountMinor: 100_000 },
        { code: 'fullRefund', reason: 'Withdrawn by 1 April 2026 at 10:00 GMT+2: all of it', amountMinor: 100_000 },
        { code: 'fee', reason: 'Fee kept back for the withdrawal', amountMinor: -25_000 },
      ],
    });
  });

  it('never refunds less than nothing or more than was paid, and never more for more progress', unlimited, () => {
    const points = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), points, points, (paidMinor, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        const first = quote(california, { ...facts, paidMinor, progressBasisPoints: less }, muchLater);
        const second = quote(california, { ...facts, paidMinor, progressBasisPoints: more }, muchLater);
        expect(first.refundMinor).toBeGreaterThanOrEqual(second.refundMinor);
        expect(second.refundMinor).toBeGreaterThanOrEqual(0);
        expect(first.refundMinor).toBeLessThanOrEqual(paidMinor);
        expect(first.refundMinor + first.retainedMinor).toBe(paidMinor);
        expect(first.lines.slice(1).reduce((sum, line) => sum + line.amountMinor, 0)).toBe(first.refundMinor);
      }),
    );
  });
});
