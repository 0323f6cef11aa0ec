import type { MailboxItem } from '../../contracts/core/machine.ts';
import { text } from '../machine/received.ts';
import { isReached } from '../time/time.ts';
import { moreTimeMail } from './mails.ts';
import { sendMail } from './side-tasks.ts';
import type { EnrollmentState } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * The new end of an offer or a hold by what was received; null where it is none. A person gives a learner more time to answer or to pay; as with
 * an answer, the instant at which it was given decides: after the end it changes nothing, and it never makes the time shorter.
 */
export function moreTime({ kind, payload, at }: MailboxItem, end: string): string | null {
  const until = kind === 'moreTime' ? text(payload, 'until') : null;
  return until === null || isReached(end, at) || isReached(until, end) ? null : until;
}

/** Writes to the learner until when the seat is kept now. */
export function sayMoreTime(state: EnrollmentState, until: string, turn: Turn): EnrollmentState {
  return sendMail(state, turn, 'more-time-mail', 'Mail: more time', moreTimeMail(turn.terms, until));
}

/** More time for an offer that was received and not yet put to the learner; null where there is none. */
export function moreTimeForOffer(state: EnrollmentState, item: MailboxItem): EnrollmentState | null {
  const until = state.offerExpiresAt === null ? null : moreTime(item, state.offerExpiresAt);
  return until === null ? null : { ...state, offerExpiresAt: until };
}
