import { describe, expect, it } from 'vitest';
import { CourseRunInput } from '../../contracts/courses/course.schema.ts';
import { enrollmentTerms } from '../../test/support/enrollment-terms.ts';
import { money } from './amounts.ts';

const run: CourseRunInput = {
  title: 'Autumn',
  capacity: 1,
  waitlistCapacity: 0,
  priceMinor: 12_000,
  currency: 'EUR',
  holdFor: 'PT10M',
  offerFor: 'PT10M',
  zone: 'UTC',
  withdrawal: enrollmentTerms.withdrawal,
};

describe('an amount of money (courses F18: woocommerce 2674, wordcamp 1320, odoo 227688)', () => {
  it.each([
    [12_000, 'EUR', '120.00 EUR'],
    [1_200, 'JPY', '1200 JPY'],
    [12_000, 'ISK', '120 ISK'],
    [500, 'UGX', '5 UGX'],
    [12_050, 'ISK', '120.50 ISK'],
    [10_010, 'KWD', '10.010 KWD'],
    [12_000, 'HUF', '120.00 HUF'],
    [12_000, 'TWD', '120.00 TWD'],
  ])('is written as the payment service reads it: %i %s', (minor, currency, words) => {
    expect(money(minor, currency)).toBe(words);
  });

  const problemsOf = (change: object): string[] => {
    const parsed = CourseRunInput.safeParse({ ...run, ...change });
    return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
  };
  const fee = (amountMinor: number): object => ({
    withdrawal: { ...run.withdrawal, fee: { amountMinor, on: 'both' } },
  });

  it.each([
    ['EUR', { holdFor: 'PT0S' }, ['holdFor']],
    ['EUR', { holdFor: 'P99999D' }, ['holdFor']],
    ['EUR', { holdFor: 'P12W6D' }, []],
    ['ABC', {}, ['currency']],
    ['XAU', {}, ['currency']],
    ['XXX', {}, ['currency']],
    ['UGX', { priceMinor: 5 }, ['priceMinor']],
    ['UGX', { priceMinor: 500 }, []],
    ['ISK', { priceMinor: 12_000, ...fee(50) }, ['withdrawal.fee.amountMinor']],
    ['KWD', { priceMinor: 10_005 }, ['priceMinor']],
    ['KWD', { priceMinor: 10_010 }, []],
    ['JPY', { priceMinor: 20_001 }, []],
    // Less than the service charges: every learner would end without a link (epcon 1259, WonderTix 458, Ghost 17615).
    ['EUR', { priceMinor: 49 }, ['priceMinor']],
    ['EUR', { priceMinor: 50 }, []],
    ['EUR', { priceMinor: 0 }, []],
    ['GBP', { priceMinor: 30 }, []],
    ['JPY', { priceMinor: 49 }, ['priceMinor']],
    ['CZK', { priceMinor: 1_499 }, ['priceMinor']],
  ])('that the payment service would refuse is refused with the price: %s %j', (currency, change, problems) => {
    expect(problemsOf({ currency, ...change })).toEqual(problems);
  });
});
