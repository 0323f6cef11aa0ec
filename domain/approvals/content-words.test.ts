import { describe, expect, it } from 'vitest';
import { factOf } from './content-words.ts';

describe('content in words', () => {
  const quote = {
    refund: '95.00 EUR',
    refundMinor: 9_500,
    paidMinor: 12_000,
    currency: 'EUR',
    asOf: '2026-11-25T10:00:42.238Z',
  };

  it('says amounts as money, once each', () => {
    expect(Object.keys(quote).map((name) => factOf(quote, name, 'Europe/Vienna'))).toEqual([
      { label: 'Refund', text: '95.00 EUR' },
      null,
      { label: 'Paid', text: '120.00 EUR' },
      null,
      { label: 'As of', text: 'Wed, 25 Nov 2026, 11:00 CET' },
    ]);
  });

  it('says what things cost and ranges as people write them', () => {
    const estimate = { documents: 1_195, costMicros: { low: 12_000, expected: 31_250, high: 1_500_000 } };
    expect(Object.keys(estimate).map((name) => factOf(estimate, name, 'UTC'))).toEqual([
      { label: 'Documents', text: '1,195' },
      { label: 'Cost', text: '$0.0313 ($0.012 to $1.50)' },
    ]);
    expect(factOf({ seconds: { low: 1, expected: 2, high: 3 } }, 'seconds', 'UTC')?.text).toBe('2 s (1 s to 3 s)');
    const long = { low: 89, expected: 200, high: 9_000 };
    expect(factOf({ seconds: long }, 'seconds', 'UTC')).toEqual({ label: 'Time', text: '3 min (89 s to 2.5 h)' });
  });

  it('leaves a currency alone where no amount needs it, and says nothing of nothing', () => {
    expect(factOf({ currency: 'EUR' }, 'currency', 'UTC')).toEqual({ label: 'Currency', text: 'EUR' });
    expect(factOf({ note: null }, 'note', 'UTC')).toBeNull();
    expect(factOf({ isFirst: true }, 'isFirst', 'UTC')).toEqual({ label: 'Is first', text: 'yes' });
  });

  it('reads an instant in UTC where nobody knows the zone (mustang 741): the page of a contact whose zone is a mistake was gone', () => {
    const text = 'Wed, 25 Nov 2026, 10:00 UTC';
    expect(factOf({ seenAt: '2026-11-25T10:00:00Z' }, 'seenAt', 'Mars/Phobos')).toEqual({ label: 'Seen at', text });
  });
});
