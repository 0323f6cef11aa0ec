import type { EnrollmentOutcome } from '../../contracts/courses/enrollment.ts';
import type { Ending } from './state.ts';

/** What a learner is sent and shown of each end. What an operator wrote, and what a service answered, is for the school alone. */
const words: Readonly<Record<EnrollmentOutcome, string>> = {
  completed: 'you have completed the course',
  lapsed: 'the course run ended before the course was completed',
  ineligible: 'a course that comes before it is not completed yet',
  full: 'all seats and places in the queue are taken',
  waitlistClosed: 'no seat became free in time',
  courseRunEnded: 'the course run has ended',
  offerExpired: 'the offered seat was not taken in time',
  offerDeclined: 'the offered seat was declined',
  holdExpired: 'the seat was not paid for in time',
  paymentUnavailable: 'no payment could be taken; please write to the school',
  noSeatLeft: 'no seat was left any more',
  withdrawn: 'you have withdrawn',
  cancelled: 'the school has ended it',
  failed: 'something went wrong; please write to the school',
};

/** How an enrollment ended, in plain words for its learner; of an end that is not known here nothing is said. */
export function outcomeWords(outcome: string): string | null {
  return Object.entries(words).find(([known]) => known === outcome)?.[1] ?? null;
}

/** As `outcomeWords`; which course is missing is said as well. */
export function endingWords({ outcome, reason }: Ending): string {
  return outcome === 'ineligible' ? reason : words[outcome];
}
