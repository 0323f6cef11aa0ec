import { nothingOpen } from '../../machine/open.ts';
import { earlier, isReached } from '../../time/time.ts';
import { isOver } from '../dates/dates.ts';
import { leave, toClosing, toCourseRunEnded, toSeating } from '../transitions.ts';
import { cameTooLate } from '../side-tasks.ts';
import { defineStage } from './stage.ts';
import type { StageOf } from '../state.ts';
import { leaveAtOnce } from '../leave-requests.ts';
import { moreTime, sayMoreTime } from '../more-time.ts';
import { at, stageLine } from '../turn.ts';

/**
 * Waits for the learner's answer while the offer holds the seat. The instant of the answer decides, however late it is received: until the turn
 * that ends the offer the ledger keeps the seat.
 */
export const offered = defineStage<StageOf<'offered'>>({
  leadsTo: ['seating', 'closing'],

  line: () => ({ step: 'offer', kind: 'offer', title: 'Offered seat' }),

  lifecycle: () => 'offered',

  takesMoney: () => true,

  moveDates: (state) => state,

  open: ({ expiresAt }, _state, { terms: { endsAt } }) => ({
    ...nothingOpen,
    dueAt: endsAt === null ? expiresAt : earlier(expiresAt, endsAt),
  }),

  receive(state, stage, item, turn) {
    const { expiresAt } = stage;
    const until = moreTime(item, expiresAt);
    if (until !== null) {
      stageLine(turn, stage, 'waiting', { waitingFor: 'person', dueAt: until });
      return sayMoreTime(at(state, { ...stage, expiresAt: until }), until, turn);
    }
    if (item.kind !== 'offerAnswer' || isReached(expiresAt, item.at)) return state;
    if (item.payload['answer'] === 'accept') {
      leave(state, turn, 'done', { answer: 'accept' });
      return toSeating(state, turn, 'acceptOffer', item.at);
    }
    if (item.payload['answer'] !== 'decline') return state;
    leave(state, turn, 'done', { answer: 'decline' });
    return toClosing(state, turn, { outcome: 'offerDeclined', reason: 'the offered seat was declined' });
  },

  due(state, { expiresAt }, turn) {
    if (cameTooLate(state, 'offer-mail', expiresAt) && !isOver(turn.terms, turn.now)) {
      // A mail server that was away cost the learner the time to answer: they asked for the seat, and the ledger still keeps it.
      leave(state, turn, 'skipped', { reason: 'its mail could not be sent in time' });
      return toSeating(state, turn, 'request');
    }
    leave(state, turn, 'skipped', { reason: 'no answer in time' });
    if (isOver(turn.terms, turn.now)) return toCourseRunEnded(state, turn);
    return toClosing(state, turn, { outcome: 'offerExpired', reason: 'the offered seat was not taken in time' });
  },

  grant: leaveAtOnce,
});
