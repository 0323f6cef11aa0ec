import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { text } from '../../machine/received.ts';
import { areSameDates } from './dates.ts';
import { datesMail } from '../mails.ts';
import { sendMail } from '../side-tasks.ts';
import { moveDates } from '../stages/stages.ts';
import type { EnrollmentState } from '../state.ts';
import type { Turn } from '../turn.ts';

/**
 * The dates of the course run have moved; the message has those of before. The terms of the turn have the new ones, so most timers follow by
 * themselves; what a stage has computed from the old ones is computed anew, and the learner gets a mail. An end that was promised to an offer or
 * a hold stays.
 */
export function receiveMovedDates(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  const { startsAt, endsAt } = turn.terms;
  // Those of the message were never sent to the learner where they were moved again before a worker was back.
  const before = state.datesSent ?? { startsAt: text(item.payload, 'startsAt'), endsAt: text(item.payload, 'endsAt') };
  const seen = { ...state, datesSent: { startsAt, endsAt } };
  if (areSameDates(before, turn.terms)) return seen;
  const moved = moveDates(seen, before, turn);
  return moved
    ? sendMail(moved, turn, 'dates-mail', 'Mail: the dates have changed', datesMail(turn.terms, before))
    : state;
}
