import type { CourseRunInput } from '../../../contracts/courses/course.schema.ts';
import type { EnrollmentTerms } from '../../../contracts/courses/enrollment.ts';
import { earlier, isReached, plus } from '../../time/time.ts';

/** The dates of a course run, ISO 8601; null where it has none. */
export type Dates = Pick<EnrollmentTerms, 'startsAt' | 'endsAt'>;

/** The dates of a course run as it is written. */
export function datesOf(run: Pick<CourseRunInput, 'startsAt' | 'endsAt'>): Dates {
  return { startsAt: run.startsAt ?? null, endsAt: run.endsAt ?? null };
}

/**
 * The terms of an enrollment as they are now: price and policy as they were promised, dates and zone as those of the course run are. Moved dates
 * reach each timer and each right that hangs on them.
 */
export function termsNow(promised: EnrollmentTerms, courseRun: CourseRunInput): EnrollmentTerms {
  return { ...promised, zone: courseRun.zone, ...datesOf(courseRun) };
}

/** Whether two dates are the same instants, however they are written. */
export function areSameDates(a: Dates, b: Dates): boolean {
  return isSameInstant(a.startsAt, b.startsAt) && isSameInstant(a.endsAt, b.endsAt);
}

/** Whether two are the same instant, however they are written; null is the same as null alone. */
export function isSameInstant(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : Date.parse(a) === Date.parse(b);
}

/** Whether a course run has ended by then: it takes nobody any more. */
export function isOver({ endsAt }: Dates, at: string): boolean {
  return endsAt !== null && isReached(endsAt, at);
}

/** The next of its dates, its start before its end: people wait for a seat until then. Null where none lies ahead. */
export function nextDate({ startsAt, endsAt }: Dates, at: string): string | null {
  return [startsAt, endsAt].find((instant) => instant !== null && !isReached(instant, at)) ?? null;
}

/** When a hold or an offer ends that begins at `at` and lasts that long (ISO 8601): at the next of the dates at the latest. */
export function seatEndsAt(dates: Dates, at: string, lasts: string): string {
  const end = plus(at, lasts, 'UTC');
  const next = nextDate(dates, at);
  return next === null ? end : earlier(end, next);
}
