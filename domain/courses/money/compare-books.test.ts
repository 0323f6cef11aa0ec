import { describe, expect, it } from 'vitest';
import type { StatedPayment } from '../../../contracts/core/providers.ts';
import { newEnrollment } from '../state.ts';
import { disagreements, totalsOf, type EnrollmentBooks } from './compare-books.ts';

const fresh = newEnrollment('2026-12-01T09:00:00.000Z');
const came = { paymentIntent: 'pi_1', amountMinor: 12_000 };
const went = { paymentIntent: 'pi_1', amountMinor: 5_000 };
const paid = { ...came, status: 'paid', currency: 'EUR' };
const taken = { ...fresh, money: { ...fresh.money, accepted: came, received: [came], refunded: [went] } };
const ana: EnrollmentBooks = {
  enrollmentId: 'ana',
  workspace: 'school',
  currency: 'EUR',
  checkouts: [paid],
  back: [{ ...went, currency: 'EUR' }],
  state: taken,
};
const there: StatedPayment = {
  paymentIntent: 'pi_1',
  enrollmentId: 'ana',
  currency: 'EUR',
  cameMinor: 12_000,
  wentMinor: 5_000,
};
const free = { status: 'paid', paymentIntent: 'cs_1', amountMinor: 0, currency: 'EUR' };

describe('the books of money', () => {
  it('add up in each currency what came, went, stands, is under way and owed', () => {
    const owed = {
      kind: 'refund',
      step: 'refund-payment',
      visit: 1,
      title: 'Refund',
      reason: 'left',
      tryNumber: 1,
    } as const;
    const bo: EnrollmentBooks = {
      ...ana,
      enrollmentId: 'bo',
      checkouts: [
        { ...paid, paymentIntent: 'pi_2', amountMinor: 20_000, currency: 'JPY' },
        { ...paid, status: 'underWay', paymentIntent: null },
        { ...paid, status: 'expired', paymentIntent: null },
      ],
      back: [],
      state: {
        ...fresh,
        errands: [
          { ...owed, ...went, isStuck: false },
          { ...owed, ...came, currency: 'JPY', isStuck: true },
        ],
      },
    };
    const none = { underWayMinor: 0, owedMinor: 0 };
    expect(totalsOf([ana])).toEqual([
      { currency: 'EUR', cameMinor: 12_000, wentMinor: 5_000, standsMinor: 7_000, ...none },
    ]);
    expect(totalsOf([bo, ana])).toEqual([
      {
        currency: 'EUR',
        cameMinor: 12_000,
        wentMinor: 5_000,
        standsMinor: 7_000,
        underWayMinor: 12_000,
        owedMinor: 5_000,
      },
      { currency: 'JPY', cameMinor: 20_000, wentMinor: 0, standsMinor: 20_000, underWayMinor: 0, owedMinor: 12_000 },
    ]);
  });

  it.each<[string, Partial<EnrollmentBooks>, StatedPayment[] | null]>([
    ['all records are the same', {}, [there]],
    ['nobody was asked', {}, null],
    ['the state cannot be compared now', { state: null }, [there]],
    ['the account sells other things', {}, [there, { ...there, paymentIntent: 'pi_shop', enrollmentId: null }]],
    ['a discount left nothing to pay', { checkouts: [paid, free], state: null }, [there]],
    ['a checkout was not paid', { checkouts: [paid, { ...free, status: 'expired', paymentIntent: null }] }, [there]],
    [
      'a refund came back from the bank and another was made',
      { state: { ...taken, money: { ...taken.money, refunded: [{ ...went, isVoid: true }, went] } } },
      [there],
    ],
  ])('agree where %s', (_, change, statement) => {
    expect(disagreements([{ ...ana, ...change }], statement)).toEqual([]);
  });

  it.each<[string, Partial<EnrollmentBooks>, StatedPayment[] | null, number, number]>([
    ['notTaken', { state: fresh }, null, 12_000, 0],
    ['notBooked', { checkouts: [{ ...paid, status: 'expired' }] }, null, 0, 12_000],
    ['backNotTaken', { back: [] }, null, 0, 5_000],
    ['unknownThere', {}, [], 12_000, 0],
    ['unknownHere', {}, [there, { ...there, paymentIntent: 'pi_2' }], 0, 12_000],
    ['otherAmountThere', {}, [{ ...there, cameMinor: 13_000 }], 12_000, 13_000],
    ['otherAmountThere', {}, [{ ...there, currency: 'USD' }], 12_000, 12_000],
    ['otherBackThere', {}, [{ ...there, wentMinor: 12_000 }], 5_000, 12_000],
  ])('say %s of the enrollment', (problem, change, statement, hereMinor, thereMinor) => {
    const found = disagreements([{ ...ana, ...change }], statement);
    expect(found).toEqual([
      expect.objectContaining({ enrollmentId: 'ana', workspace: 'school', problem, hereMinor, thereMinor }),
    ]);
  });
});
