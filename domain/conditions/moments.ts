import type { JsonValue } from '../../contracts/core/machine.ts';

const written = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;
const date = /^(\d{4})-(\d\d)-(\d\d)$/;

/**
 * Epoch milliseconds of an instant with its zone, what is finer cut off; null where the text is none, or names a day or a time of day that there is
 * not, the year 0, or an offset of a day and more.
 */
export function instantOf(value: JsonValue): number | null {
  const parts = typeof value === 'string' ? written.exec(value) : null;
  if (!parts) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, offsetHour = '0', offsetMinute = '0'] =
    parts;
  const midnight = dayOf(Number(year), Number(month), Number(day));
  const isClock = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  const isOffset = Number(offsetHour) < 24 && Number(offsetMinute) < 60;
  if (midnight === null || !isClock || !isOffset) return null;
  const time = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1_000;
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return midnight + time + Number(fraction.slice(0, 3).padEnd(3, '0')) - (sign === '-' ? -offset : offset);
}

/** As `instantOf`, also of a plain date, which is the beginning of that day in UTC. */
export function momentOf(value: JsonValue): number | null {
  const parts = typeof value === 'string' ? date.exec(value) : null;
  return parts ? dayOf(Number(parts[1]), Number(parts[2]), Number(parts[3])) : instantOf(value);
}

/** The milliseconds of a span of fixed length, with its sign; 0 without one. */
export function shiftOf(span = 'PT0S'): number {
  const parts = /^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(span);
  if (!parts) return 0;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(2)
    .map((part: string | undefined) => Number(part ?? 0));
  const length = ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
  return parts[1] === '-' ? -length : length;
}

/** The beginning of a day in UTC. */
function dayOf(year: number, month: number, day: number): number | null {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
