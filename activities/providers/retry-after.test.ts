import { describe, expect, it } from 'vitest';
import { durationMs, retryAfterMs } from './retry-after.ts';

const now = Date.parse('2026-11-24T08:00:00Z');

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after-ms': '1500', 'retry-after': '2' }, 1_500],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '3600' }, 3_600_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 08:01:30 GMT' }, 90_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 07:00:00 GMT' }, 0],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    [{ 'x-ratelimit-remaining-requests': '5', 'x-ratelimit-reset-requests': '1m30s' }, null],
    [
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '250ms',
      },
      1_000,
    ],
    // clawhub#407, urllib3#3743: an instant for a pause, and more than any clock has.
    [{ 'retry-after': String(now / 1_000 + 30) }, 30_000],
    [{ 'retry-after': '99999999999999999' }, 86_400_000],
    [{ 'retry-after': '31536000' }, 86_400_000],
    [{ 'retry-after': '-1' }, null],
    [{}, null],
  ])('%j asks for %s ms', (headers: Record<string, string>, expected) => {
    expect(retryAfterMs(new Headers(headers), now)).toBe(expected);
  });
});

describe('durationMs', () => {
  it.each([
    ['20ms', 20],
    ['1.5s', 1_500],
    ['6m0s', 360_000],
    ['1h2m3s', 3_723_000],
    ['7', 7_000],
    ['soon', null],
    ['', null],
    [null, null],
  ])('%s is %s', (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });
});
