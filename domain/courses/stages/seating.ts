import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { nothingOpen, openAction } from '../../machine/open.ts';
import { answers, count, failureOf, text } from '../../machine/received.ts';
import type { EnrollmentState, StageOf } from '../state.ts';
import { isOver } from '../dates/dates.ts';
import { queueMail } from '../mails.ts';
import { sendMail } from '../side-tasks.ts';
import { leave, toClosing, toConfirming, toCourseRunEnded, toPayment, toWaitlisted } from '../transitions.ts';
import type { Turn } from '../turn.ts';
import { defineStage } from './stage.ts';

/** Asks the seat ledger, and goes where its answer leads. It is never left before the answer: a seat might be lost. */
export const seating = defineStage<StageOf<'seating'>>({
  leadsTo: ['payment', 'confirming', 'waitlisted', 'closing'],

  line: () => ({ step: 'seat', kind: 'seat', title: 'Seat' }),

  lifecycle: ({ purpose }) => (purpose === 'acceptOffer' ? 'offered' : 'requested'),

  takesMoney: () => true,

  open: ({ visit, purpose, answeredAt: at }) => ({
    ...nothingOpen,
    actions: [openAction('takeSeat', { step: 'seat', visit }, { purpose, ...(at === undefined ? {} : { at }) })],
  }),

  receive(state, stage, item, turn) {
    if (item.kind === 'offerAnswer') return declined(state, item);
    if (!answers(item, { step: 'seat', visit: stage.visit })) return state;
    if (item.kind === 'failed') {
      const reason = `no seat could be taken (${failureOf(item.payload)})`;
      leave(state, turn, 'failed', { reason });
      return toClosing({ ...state, seat: 'held' }, turn, { outcome: 'failed', reason });
    }
    const seat = text(item.payload, 'seat');
    leave(state, turn, seat === 'held' || seat === 'waitlisted' ? 'done' : 'failed', { seat });
    switch (seat) {
      case 'held':
        return held(state, item, turn);
      case 'waitlisted':
        return waitlisted(state, turn, count(item.payload, 'position'));
      default:
        return none(state, stage, turn);
    }
  },
});

/** An offer that ended before its worker was back is a held seat. A learner who had declined it leaves as soon as the ledger has answered. */
function declined(state: EnrollmentState, { payload, at }: MailboxItem): EnrollmentState {
  if (state.seat !== 'offered' || state.wish !== null || payload['answer'] !== 'decline') return state;
  return { ...state, wish: { kind: 'withdraw', reason: 'the offered seat was declined', at } };
}

function held(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  const isPaid = turn.terms.priceMinor === 0 || state.money.accepted !== null;
  const { afterEnd: _over, ...again } = state;
  const withSeat: EnrollmentState = { ...again, seat: 'held', offerExpiresAt: null };
  if (isOver(turn.terms, turn.now)) return toCourseRunEnded(withSeat, turn);
  return isPaid ? toConfirming(withSeat, turn) : toPayment(withSeat, turn, text(item.payload, 'expiresAt') ?? turn.now);
}

/** Where there is a page of their own, the learner is sent the way there at once; one to whom a seat is offered already gets that mail. */
function waitlisted(state: EnrollmentState, turn: Turn, position: number | null): EnrollmentState {
  const queued = toWaitlisted(state, turn, position);
  if (turn.terms.pageUrl === undefined || state.offerExpiresAt !== null) return queued;
  return sendMail(queued, turn, 'queue-mail', 'Mail: in the queue', queueMail(turn.terms, position));
}

/** The ledger may have passed on an offer that is over; a learner who paid too late gets everything back. */
function none(state: EnrollmentState, { purpose }: StageOf<'seating'>, turn: Turn): EnrollmentState {
  switch (purpose) {
    case 'request':
      if (isOver(turn.terms, turn.now)) return toCourseRunEnded(state, turn);
      return toClosing(state, turn, { outcome: 'full', reason: 'all seats and places in the queue are taken' });
    case 'acceptOffer':
      return toClosing(state, turn, { outcome: 'offerExpired', reason: 'the offer was over when it was accepted' });
    case 'latePayment': {
      const ending = { outcome: 'noSeatLeft', reason: 'the payment came after the seat had gone' } as const;
      return toClosing({ ...state, seat: 'released' }, turn, ending);
    }
  }
}
