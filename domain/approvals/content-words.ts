import { money } from '../words/amounts.ts';

/** One thing that a person must know before deciding, in words. */
export type Fact = { label: string; text: string };

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A member of a gate's content in words: `…Minor` beside a `currency` reads as money, an instant as a date in `zone`. Null for
 * what another member says already, and for nothing.
 */
export function factOf(record: Record<string, unknown>, name: string, zone: string): Fact | null {
  const value = record[name];
  if (value === undefined || value === null || value === '') return null;
  const currency = record['currency'];
  if (typeof currency === 'string' && hasMinor(record)) {
    if (name === 'currency') return null;
    if (name.endsWith('Minor') && typeof value === 'number') {
      const short = name.slice(0, -'Minor'.length);
      return short in record ? null : { label: labelOf(short), text: money(value, currency) };
    }
  }
  if (name.endsWith('Micros')) return { label: labelOf(name.slice(0, -'Micros'.length)), text: microsText(value) };
  if (name === 'seconds') return { label: 'Time', text: secondsText(value) };
  return { label: labelOf(name), text: textOf(value, zone) };
}

/** Millionths of a US dollar, also as a range, as people read them: `$0.0123`. */
function microsText(value: unknown): string {
  if (isRange(value)) return rangeText(value, dollars);
  return typeof value === 'number' ? dollars(value) : JSON.stringify(value);
}

function dollars(micros: number): string {
  const text = (micros / 1_000_000).toFixed(4).replace(/0{1,2}$/, '');
  return `$${text}`;
}

/** Seconds, also as a range, as people read them: `11 s`, `3 min`, `2 h`. */
function secondsText(value: unknown): string {
  if (isRange(value)) return rangeText(value, durationText);
  return typeof value === 'number' ? durationText(value) : JSON.stringify(value);
}

function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${numberText(Math.round(seconds / 360) / 10)} h`;
}

type Range = { low: number; expected: number; high: number };

function isRange(value: unknown): value is Range {
  if (typeof value !== 'object' || value === null) return false;
  return ['low', 'expected', 'high'].every((name) => typeof (value as Record<string, unknown>)[name] === 'number');
}

function rangeText({ low, expected, high }: Range, write: (value: number) => string): string {
  return `${write(expected)} (${write(low)} to ${write(high)})`;
}

function numberText(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(value);
}

/** `costMicros` → `Cost micros`. */
export function labelOf(name: string): string {
  const spaced = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** A single value in words; a list or a record reads as its JSON. */
export function textOf(value: unknown, zone: string): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return isoInstant.test(value) ? instantText(new Date(value), zone) : value;
  if (typeof value === 'number') return numberText(value);
  return isRange(value) ? rangeText(value, numberText) : JSON.stringify(value);
}

/** An instant as people read it, with its zone, which is not always the reader's: `Wed, 25 Nov 2026, 10:00 CET`. In UTC where no one knows the zone. */
export function instantText(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: isKnownZone(zone) ? zone : 'UTC',
    timeZoneName: 'short',
  }).format(at);
}

/** Whether a clock of this zone can be read here: what a contact's zone is was not looked at when it came, and programs know different ones. */
export function isKnownZone(zone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

function hasMinor(record: Record<string, unknown>): boolean {
  return Object.keys(record).some((name) => name.endsWith('Minor'));
}
