import { nothingOpen } from '../../machine/open.ts';
import { texts } from '../../machine/received.ts';
import { isReached } from '../../time/time.ts';
import { isSameInstant, nextDate } from '../dates/dates.ts';
import { leave, toClosing, toIneligible, toOffered, toSeating } from '../transitions.ts';
import { at, stageLine } from '../turn.ts';
import { defineStage } from './stage.ts';
import type { StageOf } from '../state.ts';
import { leaveAtOnce } from '../leave-requests.ts';
import { offerMail } from '../mails.ts';
import { sendMail } from '../side-tasks.ts';

/** Waits in the queue for an offer, at most until the course run starts. The offer itself is received at any stage. */
export const waitlisted = defineStage<StageOf<'waitlisted'>>({
  leadsTo: ['offered', 'seating', 'closing'],

  line: () => ({ step: 'waitlist', kind: 'waitlist', title: 'Waitlist' }),

  lifecycle: () => 'waitlisted',

  takesMoney: () => true,

  open: ({ until }) => ({ ...nothingOpen, dueAt: until }),

  receive(state, _stage, item, turn) {
    // It was stopped and is taken up again: the ledger says where it stands now.
    if (item.kind === 'retry') {
      leave(state, turn, 'skipped', { reason: 'taken up again' });
      return toSeating(state, turn, 'request');
    }
    return item.kind === 'ineligible' ? toIneligible(state, turn, texts(item.payload, 'missing')) : state;
  },

  due(state, stage, turn) {
    const { startsAt } = turn.terms;
    // It may have moved before moved dates were sent to enrollments.
    if (startsAt !== null && !isReached(startsAt, turn.now)) {
      stageLine(turn, stage, 'waiting', { waitingFor: 'event', dueAt: startsAt });
      return at(state, { ...stage, until: startsAt });
    }
    leave(state, turn, 'skipped', { reason: 'the queue is closed' });
    return toClosing(state, turn, { outcome: 'waitlistClosed', reason: 'no seat became free in time' });
  },

  // A queue that was open until the start closes at the new one, even if that has passed.
  moveDates(state, stage, before, turn) {
    const { terms, now } = turn;
    const waitsForStart = stage.until !== null && isSameInstant(stage.until, before.startsAt);
    const until = waitsForStart && terms.startsAt !== null ? terms.startsAt : nextDate(terms, now);
    stageLine(turn, stage, 'waiting', { waitingFor: 'event', dueAt: until });
    return at(state, { ...stage, until });
  },

  // An offer may arrive before the ledger's answer that put the learner into the queue.
  advance(state, _stage, turn) {
    const { offerExpiresAt } = state;
    if (offerExpiresAt === null) return state;
    leave(state, turn, 'done');
    // A worker that stood still cost the learner the time to answer: they asked for the seat, and the ledger still keeps it.
    if (isReached(offerExpiresAt, turn.now)) return toSeating({ ...state, seat: 'offered' }, turn, 'request');
    const offered = toOffered(state, turn, offerExpiresAt);
    return sendMail(offered, turn, 'offer-mail', 'Mail: a seat is offered', offerMail(turn.terms, offerExpiresAt));
  },

  grant: leaveAtOnce,
});
