import { DateTime, Duration, IANAZone } from 'luxon';
import type { QuietHours } from '../../contracts/journeys/journey.schema.ts';
import type { LocalTime } from '../../contracts/journeys/nodes.schema.ts';

/** The later of two ISO instants; the first when the second is none. */
export function later(a: string, b: string): string {
  return Date.parse(b) > Date.parse(a) ? b : a;
}

/** The earlier of two ISO instants; the first when the second is none. */
export function earlier(a: string, b: string): string {
  return Date.parse(b) < Date.parse(a) ? b : a;
}

/** Whether an instant has been reached at another. */
export function isReached(instant: string, at: string): boolean {
  return Date.parse(instant) <= Date.parse(at);
}

/** Names that are zones, in any case; there are some 600. */
const knownZones = new Set<string>();
/** More of them differ in upper and lower case alone. */
const mostZones = 5_000;

/** Whether a name is an IANA zone that this runtime knows. */
export function isZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  // Intl takes a fifth of a millisecond for each answer.
  if (!IANAZone.isValidZone(name)) return false;
  if (knownZones.size < mostZones) knownZones.add(name);
  return true;
}

/**
 * The length of an ISO-8601 duration in milliseconds, a month counted as 30 days and a year as 365; null when the text is
 * none. Whole numbers only, and no sign.
 */
export function lengthOf(duration: string): number | null {
  const isWritten = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/.test(duration);
  const span = Duration.fromISO(duration);
  return isWritten && span.isValid ? span.toMillis() : null;
}

/** The first usable zone of a chain, UTC when there is none. */
export function zoneOf(chain: readonly unknown[]): string {
  return chain.find((name): name is string => typeof name === 'string' && isZone(name)) ?? 'UTC';
}

/**
 * An instant plus an ISO-8601 duration: days, weeks, months and years by the zone's calendar (09:00 stays 09:00 over a
 * clock change), the rest by elapsed time. A duration that is none adds nothing.
 */
export function plus(at: string, duration: string, zone: string): string {
  const span = Duration.fromISO(duration);
  if (!span.isValid) return at;
  const sum = DateTime.fromISO(at, { zone }).plus(span);
  return sum.isValid ? toInstant(sum) : at;
}

/** What the clock of a zone shows at an instant, to the minute: `2027-03-02T09:00`. */
export function localTime(at: string, zone: string): string {
  return DateTime.fromISO(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm");
}

/** The instant at which the clock of a zone shows `2027-03-02T09:00`, the first of two; null when the text is none. */
export function instantOf(local: string, zone: string): string | null {
  // Of two the library takes the one whose offset the zone has today.
  const [first] = DateTime.fromISO(local, { zone }).getPossibleOffsets();
  return first?.isValid ? toInstant(first) : null;
}

/** One millisecond before an instant: turns "after" into "from … on". */
export function justBefore(at: string): string {
  return toInstant(DateTime.fromISO(at).minus(1));
}

/**
 * The first instant after `at` when the zone's clock shows `time` on one of `weekdays` (1 Monday … 7 Sunday). A time that
 * a clock change skips is taken as much later as the clock jumps; one that comes twice is taken the first time.
 */
export function nextLocalTime(at: string, time: LocalTime, weekdays: readonly number[], zone: string): string {
  const from = DateTime.fromISO(at, { zone });
  const days = weekdays.length > 0 ? weekdays : [1, 2, 3, 4, 5, 6, 7];
  // From the day before, so that a day whose midnight comes twice begins with the first.
  const eve = from.minus({ days: 1 }).startOf('day');
  // Eight days reach the same weekday again when today's time has passed.
  for (let offset = 1; offset <= 9; offset += 1) {
    const day = eve.plus({ days: offset });
    const moment = atTime(day, time);
    if (days.includes(day.weekday) && moment.toMillis() > from.toMillis()) return toInstant(moment);
  }
  return at;
}

/**
 * When the quiet hours that hold at `at` end; null when none hold. Hours over midnight and clock changes are taken into
 * account.
 */
export function quietUntil(at: string, quiet: Pick<QuietHours, 'from' | 'to'>, zone: string): string | null {
  const moment = DateTime.fromISO(at, { zone });
  const clock = moment.toFormat('HH:mm');
  const isQuiet =
    quiet.from < quiet.to
      ? clock >= quiet.from && clock < quiet.to
      : quiet.from !== quiet.to && (clock >= quiet.from || clock < quiet.to);
  return isQuiet ? endOfQuiet(moment, quiet.to) : null;
}

/** By elapsed time where no clock change lies between, so that an hour that comes twice is not waited for twice. */
function endOfQuiet(moment: DateTime, to: LocalTime): string {
  const [hour, minute] = to.split(':');
  const minutesADay = 24 * 60;
  const ahead = Number(hour) * 60 + Number(minute) - (moment.hour * 60 + moment.minute);
  const end = moment.startOf('minute').plus({ minutes: (ahead + minutesADay) % minutesADay });
  if (end.toFormat('HH:mm') === to) return toInstant(end);
  return nextLocalTime(toInstant(moment), to, [], moment.zoneName ?? 'UTC');
}

function atTime(day: DateTime, time: LocalTime): DateTime {
  const [hour, minute] = time.split(':');
  return day.set({ hour: Number(hour), minute: Number(minute) });
}

function toInstant(moment: DateTime): string {
  // Out of the range of dates; instants come from clocks and bounded durations, so only a forged one gets here.
  if (!moment.isValid) return new Date(0).toISOString();
  return new Date(moment.toMillis()).toISOString();
}
