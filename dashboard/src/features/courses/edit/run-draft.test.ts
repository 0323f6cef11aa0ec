import { describe, expect, it } from 'vitest';
import type { CourseRunInput } from '../../../../../contracts/courses/course.schema.ts';
import { newRunDraft, runDraftOf, runOf } from './run-draft.ts';
import { durationOf, spanOf } from './span.ts';

const stored: CourseRunInput = {
  title: 'Autumn',
  capacity: 3,
  waitlistCapacity: 10,
  priceMinor: 12_050,
  currency: 'EUR',
  holdFor: 'PT20S',
  offerFor: 'P1DT12H',
  zone: 'Europe/Vienna',
  startsAt: '2026-03-02T08:00:30.000Z',
  endsAt: '2026-04-02T07:00:00.000Z',
  withdrawal: {
    version: 4,
    source: 'Terms',
    anchor: 'enrollment',
    fullRefundWithin: 'P14D',
    proRata: [{ upToPercent: 60, refund: 'unused' }],
    blockers: ['completed'],
    fee: { amountMinor: 1_500, on: 'proRata' },
    decideWithin: 'P3D',
  },
};

describe('a course run that is edited', () => {
  it('comes out as it was where nothing was touched, to the second', () => {
    expect(runOf(runDraftOf(stored), stored)).toEqual({ run: stored, problems: [] });
  });

  it('shows times as the clock of its zone does, over a clock change', () => {
    expect(runDraftOf(stored)).toMatchObject({
      startsAt: '2026-03-02T09:00',
      endsAt: '2026-04-02T09:00',
      price: '120.50',
    });
    const { run } = runOf({ ...runDraftOf(stored), endsAt: '2026-04-09T09:00' }, stored);
    expect(run?.endsAt).toBe('2026-04-09T07:00:00.000Z');
  });

  it('gives other terms the next version, and a new price none (courses F23)', () => {
    const draft = runDraftOf(stored);
    expect(runOf({ ...draft, price: '99' }, stored).run?.withdrawal.version).toBe(4);
    expect(runOf({ ...draft, fullRefund: { count: '7', unit: 'days' } }, stored).run?.withdrawal.version).toBe(5);
    expect(runOf({ ...newRunDraft('UTC'), title: 'Spring', source: 'Terms' }, null).run?.withdrawal.version).toBe(1);
  });

  it.each([
    ['120,50', 'EUR', 12_050],
    ['1200', 'JPY', 1_200],
    ['120', 'ISK', 12_000],
    ['1.5', 'JPY', null],
    ['0.001', 'EUR', null],
    ['12,5 €', 'EUR', null],
    ['1,200', 'EUR', null],
    ['1.200', 'EUR', null],
    ['1.200', 'KWD', 1_200],
  ])('reads the price %s %s by the rule of its currency', (price, currency, minor) => {
    const { run, problems } = runOf({ ...runDraftOf(stored), price, currency, fee: '0' }, stored);
    expect(run?.priceMinor ?? null).toBe(minor);
    if (minor === null) expect(problems.map(({ path }) => path)).toEqual(['priceMinor']);
  });

  it('takes a thousand seats with a mark between its digits for no single one', () => {
    const { run, problems } = runOf({ ...runDraftOf(stored), capacity: '1,000' }, stored);
    expect(run).toBe(null);
    expect(problems).toMatchObject([{ path: 'capacity', kind: 'number' }]);
  });

  it('names the field of what is wrong', () => {
    const draft = {
      ...runDraftOf(stored),
      title: ' ',
      endsAt: '2026-03-01T09:00',
      rows: [{ upTo: 'x', refund: '50' }],
    };
    const paths = runOf(draft, stored).problems.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['title', 'withdrawal.proRata.0.upToPercent']));
    expect(runOf({ ...runDraftOf(stored), endsAt: '2026-03-01T09:00' }, stored).problems).toEqual([
      { path: 'endsAt', kind: 'rule', message: 'A course run ends after it starts' },
    ]);
  });

  it('keeps a day a day, and what one unit cannot say as it is', () => {
    expect(spanOf('P1D')).toEqual({ count: '1', unit: 'days' });
    expect(spanOf('PT24H')).toEqual({ count: '24', unit: 'hours' });
    expect(durationOf(spanOf('P1DT12H'))).toBe('P1DT12H');
  });
});
