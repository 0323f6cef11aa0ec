import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { text } from '../../machine/received.ts';
import { areSameDates, nextDate, type Dates } from './dates.ts';
import { datesMail } from '../mails.ts';
import { keepForMovedEnd } from '../money/checkouts.ts';
import { sendMail } from '../side-tasks.ts';
import type { EnrollmentState, StageKind, StageOf } from '../state.ts';
import { at, stageLine, type Turn } from '../turn.ts';

/** Who waits for the course run or is in it, and has been sent its dates. */
const isConcerned: ReadonlySet<StageKind> = new Set([
  'waitlisted',
  'offered',
  'payment',
  'confirming',
  'learning',
  'quoting',
  'deciding',
]);

/**
 * The dates of the course run have moved; the message has those of before. The terms of the turn have the new ones, so most timers follow by
 * themselves; what a stage has computed from the old ones is computed anew, and the learner gets a mail. An end that was promised to an offer or
 * a hold stays.
 */
export function receiveMovedDates(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  const before = { startsAt: text(item.payload, 'startsAt'), endsAt: text(item.payload, 'endsAt') };
  if (!isConcerned.has(state.stage.kind) || areSameDates(before, turn.terms)) return state;
  const moved = moveStage(state, before, turn);
  return sendMail(moved, turn, 'dates-mail', 'Mail: the dates have changed', datesMail(turn.terms, before));
}

function moveStage(state: EnrollmentState, before: Dates, turn: Turn): EnrollmentState {
  const { stage } = state;
  switch (stage.kind) {
    case 'waitlisted': {
      const until = queueEndsAt(stage, before, turn);
      stageLine(turn, stage, 'waiting', { waitingFor: 'event', dueAt: until });
      return at(state, { ...stage, until });
    }
    case 'payment':
      return keepForMovedEnd(state, stage, turn);
    case 'learning':
      stageLine(turn, stage, 'waiting', {
        waitingFor: 'event',
        dueAt: turn.terms.endsAt,
      });
      return state;
    default:
      return state;
  }
}

/** A queue that was open until the start closes at the new one, even if that has passed. */
function queueEndsAt({ until }: StageOf<'waitlisted'>, before: Dates, { terms, now }: Turn): string | null {
  const waitsForStart = until !== null && until === before.startsAt;
  return waitsForStart && terms.startsAt !== null ? terms.startsAt : nextDate(terms, now);
}
