import { expect, it } from 'vitest';
import { formatMinor } from './money.tsx';

it.each([
  [12_000, 'EUR', '€120.00'],
  [1_200, 'JPY', '¥1,200'],
  [12_000, 'ISK', 'ISK 120'],
  [10_010, 'KWD', 'KWD 10.010'],
  [12_000, 'HUF', 'HUF 120.00'],
])('shows an amount by the rule of its currency: %i %s (courses F18)', (minor, currency, words) => {
  expect(formatMinor('en', minor, currency).replaceAll('\u00a0', ' ')).toBe(words);
});
