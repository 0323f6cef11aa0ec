import { isReached, plus } from '../../time/time.ts';

/**
 * How long a seat is kept for money that is on its way. Bank debits take the longest of the delayed methods: Stripe says of SEPA Direct Debit
 * "up to 14 business days", which is at most 20 days with the weekends; one day more for holidays.
 */
export const settlesWithin = 'P21D';

/** Stripe ends a session 30 minutes after it was made at the earliest; a minute more, as the call comes later than this is computed. */
const shortestLink = 'PT31M';
/** And 24 hours after it at the latest; a minute less, as its clock is not ours. */
const longestLink = 'PT23H59M';

/** When the link of a checkout made at `madeAt` ends: with the hold, as far as Stripe lets it. ISO 8601 all three. */
export function linkEndsAt(holdEndsAt: string, madeAt: string): string {
  const [earliest, latest] = [plus(madeAt, shortestLink, 'UTC'), plus(madeAt, longestLink, 'UTC')];
  if (isReached(holdEndsAt, earliest)) return earliest;
  return isReached(holdEndsAt, latest) ? holdEndsAt : latest;
}

/** A link that is there later than this after it was asked for has cost the learner a part of the hold. */
const promptly = 'PT1M';

/**
 * When a link that was asked for at `askedAt` and is still not there is asked for anew: later than that it would be refused, as it would end
 * sooner than Stripe allows.
 */
export function askAgainAt(holdEndsAt: string, askedAt: string): string {
  return new Date(Date.parse(linkEndsAt(holdEndsAt, askedAt)) - 30 * 60_000).toISOString();
}

/** The end of a hold whose link was asked for at `askedAt` and is there at `madeAt`: what it took is no time in which the learner can pay. */
export function holdFrom(holdEndsAt: string, askedAt: string, madeAt: string): string {
  if (isReached(madeAt, plus(askedAt, promptly, 'UTC'))) return holdEndsAt;
  return new Date(Date.parse(holdEndsAt) + Date.parse(madeAt) - Date.parse(askedAt)).toISOString();
}

/** How often the provider is asked about money that is on its way: a lost report of it costs the learner a day at most. */
export const looksEvery = 'P1D';
