import { afterEach, describe, expect, it, vi } from 'vitest';
import { instantOf, nextLocalTime, plus, quietUntil } from './time.ts';

const minute = 60_000;
const hour = 60 * minute;
const instant = (ms: number): string => new Date(ms).toISOString();

/** Nights in which clocks change: by an hour, by half of one, and over midnight. */
const nights: [zone: string, change: string, minutes: number][] = [
  ['Europe/Berlin', '2026-03-29T01:00:00.000Z', 60],
  ['Europe/Berlin', '2026-10-25T01:00:00.000Z', -60],
  ['America/New_York', '2026-03-08T07:00:00.000Z', 60],
  ['America/New_York', '2026-11-01T06:00:00.000Z', -60],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00.000Z', 30],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00.000Z', -30],
  ['America/Santiago', '2026-09-06T04:00:00.000Z', 60],
  ['America/Havana', '2026-11-01T05:00:00.000Z', -60],
];

/** What the clock of a zone shows, as the runtime says and not the library. */
function clockIn(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  return (at) => format.format(at).replace(' ', 'T');
}

describe.each(nights)('the night in which the clocks of %s change, at %s by %i minutes', (zone, at, jump) => {
  const change = Date.parse(at);
  const clock = clockIn(zone);
  /** When the clock shows each quarter of an hour for the first time; what it skips, by the offset of before. */
  const first = new Map<string, number>();
  for (let now = change - 24 * hour; now <= change + 48 * hour; now += 15 * minute)
    if (!first.has(clock(now))) first.set(clock(now), now);
  const offset = Date.parse(`${clock(change - minute)}Z`) - (change - minute);
  for (let now = change; now < change + jump * minute; now += 15 * minute)
    first.set(instant(now + offset).slice(0, 16), now);

  it('has each time once, the first one where the clock shows it twice', () => {
    for (const time of ['00:00', '00:15', '00:30', '01:15', '01:45', '02:00', '02:15', '02:30', '03:00', '23:30']) {
      const times = [...first].flatMap(([shown, when]) => (shown.endsWith(`T${time}`) ? [when] : []));
      for (let now = change - 4 * hour; now <= change + 3 * hour; now += 15 * minute) {
        const next = Math.min(...times.filter((when) => when > now));
        expect(nextLocalTime(instant(now), time, [], zone), `${time} after ${instant(now)}`).toBe(instant(next));
      }
    }
  });

  it('is a day, longer or shorter than others: a day later the clock shows the same', () => {
    for (let now = change - 23 * hour; now <= change - 19 * hour; now += 15 * minute) {
      const tomorrow = instant(Date.parse(`${clock(now)}Z`) + 24 * hour).slice(0, 16);
      expect(plus(instant(now), 'P1D', zone)).toBe(instant(first.get(tomorrow) ?? 0));
      expect(plus(instant(now), 'PT24H', zone)).toBe(instant(now + 24 * hour));
    }
  });
});

it.each([
  ['where it comes for the first time', '2026-04-04T14:35:00.000Z', '01:45', '2026-04-04T14:45:00.000Z'],
  ['where it comes for the second time', '2026-04-04T15:05:00.000Z', '01:45', '2026-04-04T15:15:00.000Z'],
  ['where the clock skips it', '2026-10-03T15:20:00.000Z', '02:15', '2026-10-03T15:45:00.000Z'],
  ['behind the change', '2026-10-03T12:00:00.000Z', '08:00', '2026-10-03T21:00:00.000Z'],
])('quiet hours of Lord Howe, which changes by half an hour, end %s', (_, at, to, end) => {
  expect(quietUntil(at, { from: '22:00', to }, 'Australia/Lord_Howe')).toBe(end);
});

describe('what a clock shows twice', () => {
  afterEach(() => vi.useRealTimers());

  it.each(['2026-01-15T12:00:00.000Z', '2026-07-15T12:00:00.000Z'])(
    'is the first of both, whenever it is read: %s (moment/luxon#356, #1089, #1665)',
    (today) => {
      vi.useFakeTimers({ now: Date.parse(today), toFake: ['Date'] });
      expect(instantOf('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
      expect(instantOf('2026-11-01T01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
      expect(instantOf('2026-04-05T01:45', 'Australia/Lord_Howe')).toBe('2026-04-04T14:45:00.000Z');
      // And what it skips is as much later as it jumps.
      expect(instantOf('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
      expect(instantOf('2026-10-04T02:15', 'Australia/Lord_Howe')).toBe('2026-10-03T15:45:00.000Z');
      expect(instantOf('no time', 'UTC')).toBeNull();
    },
  );
});
