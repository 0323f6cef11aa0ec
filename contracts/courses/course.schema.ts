import { z } from 'zod';
import type * as data from './course.ts';

/** A name that people give and that stays in links: lower-case words joined by hyphens, at most 64 characters. */
export const CourseSlug = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Expected lower-case words joined by hyphens, such as intro-to-sql')
  .meta({ id: 'CourseSlug' });

const title = z.string().trim().min(1).max(200);
/** Of days, hours, minutes and seconds alone: a hold or a refund window in months has no fixed length. */
const duration = z
  .string()
  .max(40)
  .regex(
    /^P(?!$)(\d{1,4}W)?(\d{1,5}D)?(T(?=\d)(\d{1,5}H)?(\d{1,5}M)?(\d{1,6}S)?)?$/,
    'Expected an ISO-8601 duration of weeks, days, hours, minutes or seconds, such as P7D or PT15M',
  );
const instant = z.iso.datetime({ offset: true });
/** Up to 10 million in the major unit; above that a typing error is likelier than a course. */
const amountMinor = z.int().min(0).max(1_000_000_000);
/** In steps of a hundredth, so that 60.0 % is exactly 60 %. */
const percent = z.number().min(0).max(100).multipleOf(0.01);
const zone = z.string().max(64).refine(isZone, 'Expected an IANA time zone such as Europe/Berlin');

/** When a learner has finished. */
export const Completion = z
  .strictObject({
    moveOn: z.enum(['completed', 'passed', 'completedAndPassed', 'completedOrPassed']),
    passingScorePercent: percent.exactOptional(),
  })
  .meta({ id: 'Completion' }) satisfies z.ZodType<data.Completion>;

/** What a course is: `PUT /v1/courses/{slug}` without its slug. */
export const CourseInput = z
  .strictObject({
    title,
    prerequisites: z
      .array(CourseSlug)
      .max(20)
      .refine((slugs) => new Set(slugs).size === slugs.length, 'A prerequisite is named twice'),
    completion: Completion,
  })
  .meta({ id: 'CourseInput' }) satisfies z.ZodType<data.CourseInput>;

/** One row of a pro-rata table. */
export const ProRataRow = z
  .strictObject({ upToPercent: percent, refund: z.union([z.literal('unused'), percent]) })
  .meta({ id: 'ProRataRow' }) satisfies z.ZodType<data.ProRataRow>;

/** What a learner who withdraws gets back. */
export const WithdrawalPolicy = z
  .strictObject({
    version: z.int().min(1),
    source: z.string().trim().min(1).max(500),
    anchor: z.enum(['enrollment', 'start', 'laterOfBoth']),
    fullRefundWithin: duration,
    proRata: z.array(ProRataRow).max(20).refine(rises, 'Each row must reach further than the one before'),
    blockers: z
      .array(z.enum(['completed', 'passed']))
      .max(2)
      .refine((names) => new Set(names).size === names.length, 'A blocker is named twice'),
    fee: z.strictObject({ amountMinor, on: z.enum(['full', 'proRata', 'both']) }),
    decideWithin: duration,
  })
  .meta({ id: 'WithdrawalPolicy' }) satisfies z.ZodType<data.WithdrawalPolicy>;

/** What a course run is: `PUT /v1/courses/{slug}/runs/{runSlug}` without the slugs. */
export const CourseRunInput = z
  .strictObject({
    title,
    capacity: z.int().min(0).max(100_000),
    waitlistCapacity: z.int().min(0).max(100_000),
    priceMinor: amountMinor,
    currency: z.string().regex(/^[A-Z]{3}$/, 'Expected an ISO 4217 code such as EUR'),
    holdFor: duration,
    offerFor: duration,
    zone,
    startsAt: instant.exactOptional(),
    endsAt: instant.exactOptional(),
    withdrawal: WithdrawalPolicy,
  })
  .refine((run) => run.startsAt === undefined || run.endsAt === undefined || isBefore(run.startsAt, run.endsAt), {
    path: ['endsAt'],
    error: 'A course run ends after it starts',
  })
  .meta({ id: 'CourseRunInput' }) satisfies z.ZodType<data.CourseRunInput>;

function rises(rows: data.ProRataRow[]): boolean {
  return rows.every((row, index) => index === 0 || row.upToPercent > (rows[index - 1]?.upToPercent ?? 0));
}

function isBefore(first: string, second: string): boolean {
  return Date.parse(first) < Date.parse(second);
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '' && /[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
