import type { Liquid } from 'liquidjs';
import { instantOf } from '../time/time.ts';

/** Options by which a mail's dates read the same wherever it is made: in its reader's zone (IANA), with English names of months and days. */
export function dateOptions(zone: string): { timezoneOffset: string; locale: string } {
  return { timezoneOffset: zone, locale: 'en-US' };
}

/** Filters that write a date. */
const dateFilters = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'];

/**
 * Has the date filters of an engine with `dateOptions(zone)` keep a date that names no zone: it is a day, or what a clock shows, and the same for
 * every reader. Only an instant is put into a zone: the one that the filter names, else the reader's.
 */
export function keepPlainDates(liquid: Liquid, zone: string): void {
  for (const name of dateFilters) {
    const write = liquid.filters[name] as (this: unknown, value: unknown, ...args: unknown[]) => unknown;
    liquid.registerFilter(name, function (this: unknown, value: unknown, ...args: unknown[]) {
      if (isNoDay(value)) return value;
      const plain = plainDate(value);
      const at = plain === null ? null : instantOf(plain, zone);
      if (at === null) return write.call(this, inSeconds(value), ...args);
      return write.call(this, at, ...(name === 'date' ? args.slice(0, 1) : args));
    });
  }
}

/** A day that no calendar has, such as 30 February, is written as it came: the runtime would make 2 March of it. */
function isNoDay(value: unknown): boolean {
  const day = typeof value === 'string' ? /^\s*(\d{4}-\d\d-\d\d)/.exec(value)?.[1] : undefined;
  if (day === undefined) return false;
  const date = new Date(`${day} UTC`);
  return Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day);
}

/** Liquid counts a number as seconds since 1970; one that would lie thousands of years ahead, or back, counts milliseconds. */
function inSeconds(value: unknown): unknown {
  const isCount = typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
  return isCount && Math.abs(Number(value)) >= 1e11 ? Number(value) / 1000 : value;
}

/** What a clock shows in a text that names no zone, such as `2026-03-01T00:00:00.000` for `March 1, 2026`; null for all else. */
function plainDate(value: unknown): string | null {
  if (typeof value !== 'string' || /^\d+$/.test(value) || namesZone.test(value)) return null;
  const date = new Date(`${value.trim().replace(/^(\d{4}-\d\d-\d\d)T/, '$1 ')} UTC`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, -1);
}

const namesZone = /\d:\d\d\S*\s*(?:Z|[+-]\d\d:?\d\d)|\b(?:GMT|UTC|UT|[ECMP][SD]T)\b/i;
