import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { nextLocalTime, plus, quietUntil, zoneOf } from './time.ts';
import { unlimited } from '../../test/support/properties.ts';

const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Kathmandu', 'UTC');
/** The years' instants, in whole minutes as local times are. */
const instants = fc
  .integer({ min: Date.parse('2026-01-01') / 60_000, max: Date.parse('2028-01-01') / 60_000 })
  .map((minutes) => new Date(minutes * 60_000).toISOString());
const times = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);

describe('nextLocalTime', () => {
  it.each([
    [
      'Monday 09:00 in Sydney',
      '2026-03-06T12:00:00.000Z',
      '09:00',
      [1],
      'Australia/Sydney',
      '2026-03-08T22:00:00.000Z',
    ],
    [
      'Monday 21:00 in New York',
      '2026-03-06T12:00:00.000Z',
      '21:00',
      [1],
      'America/New_York',
      '2026-03-10T01:00:00.000Z',
    ],
    [
      '09:00 after the March change',
      '2026-03-07T20:00:00.000Z',
      '09:00',
      [],
      'America/New_York',
      '2026-03-08T13:00:00.000Z',
    ],
    [
      'a time that the change skips',
      '2026-03-28T22:00:00.000Z',
      '02:30',
      [],
      'Europe/Berlin',
      '2026-03-29T01:30:00.000Z',
    ],
    [
      'the next, when it is that time',
      '2026-06-01T07:00:00.000Z',
      '09:00',
      [],
      'Europe/Berlin',
      '2026-06-02T07:00:00.000Z',
    ],
  ])('%s', (_, at, time, weekdays, zone, expected) => {
    expect(nextLocalTime(at, time, weekdays, zone)).toBe(expected);
  });

  it('is ahead, on an allowed day, and shows the time wherever the clock does', unlimited, () => {
    fc.assert(
      fc.property(
        instants,
        times,
        fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
        zones,
        (at, time, days, zone) => {
          const next = DateTime.fromISO(nextLocalTime(at, time, days, zone), { zone });
          expect(next.toMillis()).toBeGreaterThan(Date.parse(at));
          expect(days).toContain(next.weekday);
          const isSkipped = next.toFormat('HH:mm') !== time;
          // Only a clock that jumps forward that day may show another time.
          const jumps = next.startOf('day').offset < next.endOf('day').offset;
          expect(isSkipped && !jumps).toBe(false);
        },
      ),
    );
  });
});

describe('quietUntil', () => {
  it.each([
    ['before midnight', '2026-06-01T20:30:00.000Z', '2026-06-02T06:00:00.000Z'],
    ['after midnight', '2026-06-02T05:59:00.000Z', '2026-06-02T06:00:00.000Z'],
    ['at their end', '2026-06-02T06:00:00.000Z', null],
    ['in the day', '2026-06-01T12:00:00.000Z', null],
  ])('%s', (_, at, expected) => {
    expect(quietUntil(at, { from: '22:00', to: '08:00' }, 'Europe/Berlin')).toBe(expected);
  });

  it('does not wait a day for an hour that comes twice', () => {
    // 02:15 in Berlin for the second time on the night the clocks go back.
    expect(quietUntil('2026-10-25T01:15:00.000Z', { from: '22:00', to: '02:30' }, 'Europe/Berlin')).toBe(
      '2026-10-25T01:30:00.000Z',
    );
  });

  it('ends ahead, within a day and a clock change, where it is not quiet any more', unlimited, () => {
    fc.assert(
      fc.property(instants, times, times, zones, (at, from, to, zone) => {
        const until = quietUntil(at, { from, to }, zone);
        if (until === null) return;
        const heldMs = Date.parse(until) - Date.parse(at);
        expect(heldMs).toBeGreaterThan(0);
        expect(heldMs).toBeLessThanOrEqual(26 * 3_600_000);
      }),
    );
  });
});

describe('plus and zoneOf', () => {
  it('adds days by the calendar and hours by the clock', () => {
    expect(plus('2026-03-28T08:00:00.000Z', 'P1D', 'Europe/Berlin')).toBe('2026-03-29T07:00:00.000Z');
    expect(plus('2026-03-28T08:00:00.000Z', 'PT24H', 'Europe/Berlin')).toBe('2026-03-29T08:00:00.000Z');
    expect(plus('2026-01-31T08:00:00.000Z', 'P1M', 'UTC')).toBe('2026-02-28T08:00:00.000Z');
    expect(plus('2028-02-29T08:00:00.000Z', 'P1Y', 'UTC')).toBe('2029-02-28T08:00:00.000Z');
    expect(plus('2026-01-31T08:00:00.000Z', 'soon', 'UTC')).toBe('2026-01-31T08:00:00.000Z');
  });

  it('takes the first zone that exists', () => {
    expect(zoneOf([undefined, 'Mars/Olympus', 'Asia/Tokyo', 'UTC'])).toBe('Asia/Tokyo');
    expect(zoneOf([null])).toBe('UTC');
  });
});
