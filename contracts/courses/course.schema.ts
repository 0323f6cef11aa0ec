import { z } from 'zod';
import { currencyRule } from '../core/currencies.ts';

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
/** How long a seat is kept for one learner: long enough to act, and not so long that nobody else ever gets it. */
const wait = duration.refine((text) => {
  const seconds = secondsOf(text);
  return seconds >= 1 && seconds <= 90 * 86_400;
}, 'Expected a second to 90 days');
const instant = z.iso.datetime({ offset: true });
/** Up to 10 million in the major unit; above that a typing error is likelier than a course. */
const amountMinor = z.int().min(0).max(1_000_000_000);
/** In steps of a hundredth, so that 60.0 % is exactly 60 %. */
const percent = z.number().min(0).max(100).multipleOf(0.01);
const zone = z.string().max(64).refine(isZone, 'Expected an IANA time zone such as Europe/Berlin');

/**
 * When a learner has finished, in the words of cmi5's `moveOn`. With `passingScorePercent` a `passed` counts only if its
 * score reaches it; a `waived` counts as both.
 */
export const Completion = z
  .strictObject({
    moveOn: z.enum(['completed', 'passed', 'completedAndPassed', 'completedOrPassed']),
    passingScorePercent: percent.exactOptional(),
  })
  .meta({ id: 'Completion' });
export type Completion = z.infer<typeof Completion>;

/**
 * A course as it is written: `PUT /v1/courses/{slug}` without its slug. `prerequisites` are slugs of courses that a learner must have
 * completed before.
 */
export const CourseInput = z
  .strictObject({
    title,
    prerequisites: z
      .array(CourseSlug)
      .max(20)
      .refine((slugs) => new Set(slugs).size === slugs.length, 'A prerequisite is named twice'),
    completion: Completion,
  })
  .meta({ id: 'CourseInput' });
export type CourseInput = z.infer<typeof CourseInput>;

/**
 * One row of a pro-rata table: up to and including `upToPercent` of the course done, `refund` is what comes back, as a
 * percentage of what was paid; `unused` means 100 % less the part that was done.
 */
export const ProRataRow = z
  .strictObject({ upToPercent: percent, refund: z.union([z.literal('unused'), percent]) })
  .meta({ id: 'ProRataRow' });
export type ProRataRow = z.infer<typeof ProRataRow>;

/**
 * What a learner who withdraws gets back. Until `fullRefundWithin` after the anchor, inclusive, all of it; then by the first
 * row of `proRata` that reaches the learner's progress; above the last row nothing. `anchor` is the enrollment, the start of
 * the course run (the enrollment where it has none) or the later of both. A blocker (what the
 * learner has reached) that applies leaves nothing. The fee is
 * kept back from the refunds it is on, never more than the refund. `whileDeciding` says whether a learner who has withdrawn has access until
 * then, which they have not where it says nothing; who has it and completes the course meanwhile has not withdrawn. `source` says where the rule is written; `version` rises
 * with every change. Days are calendar days in the course run's zone. A person decides within `decideWithin`; then the
 * quote counts as approved.
 */
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
    whileDeciding: z.enum(['access', 'noAccess']).exactOptional(),
  })
  .meta({ id: 'WithdrawalPolicy' });
export type WithdrawalPolicy = z.infer<typeof WithdrawalPolicy>;

/**
 * A course run as it is written, `PUT /v1/courses/{slug}/runs/{runSlug}` without the slugs: a cohort with seats. `capacity` seats;
 * `waitlistCapacity` people may wait, 0 for no waitlist; a price of 0 needs no payment. `holdFor` is how long a seat is kept for the
 * payment, `offerFor` how long a freed seat is kept for the one it was offered to, both ISO-8601, a second to 90 days. Amounts are in the
 * smallest unit that the payment service has of the currency (`contracts/core/currencies.ts`). Without `startsAt` it is open at once and
 * self-paced; without `endsAt` it never ends.
 */
export const CourseRunInput = z
  .strictObject({
    title,
    capacity: z.int().min(0).max(100_000),
    waitlistCapacity: z.int().min(0).max(100_000),
    priceMinor: amountMinor,
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'Expected an ISO 4217 code such as EUR')
      .refine((code) => currencyRule(code) !== undefined, 'The payment service takes no such currency'),
    holdFor: wait,
    offerFor: wait,
    zone,
    startsAt: instant.exactOptional(),
    endsAt: instant.exactOptional(),
    withdrawal: WithdrawalPolicy,
  })
  .refine((run) => run.startsAt === undefined || run.endsAt === undefined || isBefore(run.startsAt, run.endsAt), {
    path: ['endsAt'],
    error: 'A course run ends after it starts',
  })
  .superRefine(({ currency, priceMinor, withdrawal }, context) => {
    const step = currencyRule(currency)?.step ?? 1;
    const message = `The payment service takes ${currency} in steps of ${step} of its smallest unit`;
    const amounts: [number, (string | number)[]][] = [
      [priceMinor, ['priceMinor']],
      [withdrawal.fee.amountMinor, ['withdrawal', 'fee', 'amountMinor']],
    ];
    for (const [amount, path] of amounts) if (amount % step !== 0) context.addIssue({ code: 'custom', path, message });
    const least = currencyRule(currency)?.least ?? 0;
    if (priceMinor > 0 && priceMinor < least) {
      const tooLittle = `The payment service charges at least ${least} of the smallest unit of ${currency}; a price of 0 needs no payment`;
      context.addIssue({ code: 'custom', path: ['priceMinor'], message: tooLittle });
    }
  })
  .meta({ id: 'CourseRunInput' });
export type CourseRunInput = z.infer<typeof CourseRunInput>;

/** The seconds of a duration of weeks, days, hours, minutes and seconds. */
function secondsOf(text: string): number {
  const of = { W: 604_800, D: 86_400, H: 3_600, M: 60, S: 1 };
  return Object.entries(of).reduce(
    (sum, [unit, seconds]) => sum + Number(new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? 0) * seconds,
    0,
  );
}

function rises(rows: ProRataRow[]): boolean {
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
