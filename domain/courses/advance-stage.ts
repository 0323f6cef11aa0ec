import { addNote, refund, refundsOf, sendMail } from './side-tasks.ts';
import { leave, toClosing, toOffered, toSeating } from './transitions.ts';
import { refundedMinor } from './money.ts';
import { completionMail, endingMail, offerMail, welcomeMail } from './mails.ts';
import { isComplete } from './progress.ts';
import type { ClosingStage, EnrollmentState } from './state.ts';
import { at, type Turn } from './turn.ts';
import { endingOf, grantLeaveRequest } from './leave-requests.ts';

/** Advances as far as it can without a new message; the result stays as it is until a message comes or something is due. */
export function advanceStage(state: EnrollmentState, turn: Turn): EnrollmentState {
  let before = state;
  for (;;) {
    const after = oneStep(grantLeaveRequest(before, turn), turn);
    if (after === before) return after;
    before = after;
  }
}

function oneStep(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { stage } = state;
  switch (stage.kind) {
    case 'waitlisted':
      return offer(state, turn);
    case 'learning':
      if (!stage.isWelcomed) return welcome(state, turn);
      return isComplete(state.progress, turn.terms.completion) ? complete(state, turn) : state;
    case 'closing':
      return close(state, stage, turn);
    default:
      return state;
  }
}

/** An offer may arrive before the ledger's answer that put the learner into the queue. */
function offer(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { offerExpiresAt } = state;
  if (offerExpiresAt === null) return state;
  leave(state, turn, 'done');
  const offered = toOffered(state, turn, offerExpiresAt);
  return sendMail(offered, turn, 'offer-mail', 'Mail: a seat is offered', offerMail(turn.terms, offerExpiresAt));
}

function welcome(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { stage } = state;
  if (stage.kind !== 'learning') return state;
  const welcomed = at(state, { ...stage, isWelcomed: true });
  const mailed = sendMail(welcomed, turn, 'welcome-mail', 'Mail: welcome', welcomeMail(turn.terms));
  return addNote(mailed, turn, `Enrolled in ${turn.terms.courseTitle} (${turn.terms.runTitle})`);
}

function complete(state: EnrollmentState, turn: Turn): EnrollmentState {
  leave(state, turn, 'done', { progressPercent: state.progress.basisPoints / 100 });
  const ending = { outcome: 'completed', reason: 'the course is completed' } as const;
  const closing = toClosing(state, turn, ending, { keepsSeat: true });
  return addNote(closing, turn, `Completed ${turn.terms.courseTitle} (${turn.terms.runTitle})`);
}

/**
 * Handles the late money of an expired hold first, then the closing acts and refunds, then the mail; ends when nothing is
 * left open.
 */
function close(state: EnrollmentState, stage: ClosingStage, turn: Turn): EnrollmentState {
  const { accepted } = state.money;
  const isLateMoney = stage.ending.outcome === 'holdExpired' && accepted !== null;
  const isReleasing = stage.acts[0] === 'release' && !stage.isStuck;
  if (isLateMoney && !isReleasing) return useLateMoney(state, stage, accepted, turn);
  if (stage.acts.length > 0 || refundsOf(state).length > 0) return state;
  if (!stage.isTold) return sendEndingMail(at(state, { ...stage, isTold: true }), stage, turn);
  if (state.errands.length > 0) return state;
  return at(state, { kind: 'ended', ending: stage.ending });
}

/** The learner paid after the hold was over: the seat is asked for again, unless there has been a leave request since. */
function useLateMoney(
  state: EnrollmentState,
  stage: ClosingStage,
  accepted: { paymentIntent: string; amountMinor: number },
  turn: Turn,
): EnrollmentState {
  const { wish: request } = state;
  if (request) {
    const ending = endingOf(request);
    return refund(at(state, { ...stage, ending }), turn, { ...accepted, reason: ending.reason });
  }
  leave(state, turn, 'skipped', { reason: 'paid after all' });
  return toSeating(state, turn, 'latePayment');
}

function sendEndingMail(state: EnrollmentState, { ending }: ClosingStage, turn: Turn): EnrollmentState {
  if (ending.outcome === 'completed') {
    return sendMail(state, turn, 'ending-mail', 'Mail: course completed', completionMail(turn.terms));
  }
  const mail = endingMail(turn.terms, ending, refundedMinor(state));
  return sendMail(state, turn, 'ending-mail', 'Mail: the enrollment has ended', mail);
}
