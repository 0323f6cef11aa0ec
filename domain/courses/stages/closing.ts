import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { nothingOpen, type Open, openAction } from '../../machine/open.ts';
import { answers, decides, failureOf, text } from '../../machine/received.ts';
import { plus } from '../../time/time.ts';
import { beginAct, leave, toSeating } from '../transitions.ts';
import { refundedMinor, refundsOf } from '../money/balances.ts';
import { backToUnderWay, mayBeUnderWay } from '../money/checkouts.ts';
import { findMoney, paymentOf } from '../money/receive-payment.ts';
import type { ClosingAct, EnrollmentState, StageOf } from '../state.ts';
import { endingOf } from '../leave-requests.ts';
import { completed, isComplete } from '../progress.ts';
import { completionMail, endingMail } from '../mails.ts';
import { noteCompletion, refund, sendMail } from '../side-tasks.ts';
import { stuckGate } from '../stuck-gate.ts';
import { at, type Turn } from '../turn.ts';
import { defineStage, ofEnding } from './stage.ts';

/**
 * A checkout that could not be ended may be paid for this long after it was made: Stripe closes a session 24 hours after
 * its creation at the latest. After that the provider is asked once more; its answer is final then.
 */
const checkoutLives = 'PT25H';

const actLines = {
  expireCheckout: { step: 'expire-checkout', kind: 'payment', title: 'Close the checkout' },
  release: { step: 'release', kind: 'seat', title: 'Release the seat' },
  watch: { step: 'late-money', kind: 'payment', title: 'Watch for late money' },
} as const;

/**
 * Undoes what was done, act by act; an act that failed for good waits for a person, and money that may still come is waited
 * for.
 */
export const closing = defineStage<StageOf<'closing'>>({
  leadsTo: ['seating', 'payment', 'ended'],

  line: ({ acts: [act] }) => (act ? actLines[act] : null),

  lifecycle: () => 'closing',

  ...ofEnding,

  open(stage, state, turn) {
    const [act] = stage.acts;
    if (!act) return nothingOpen;
    if (!stage.isStuck) return openAct(stage, act, state);
    const title = act === 'release' ? 'A seat could not be released' : 'A checkout could not be closed';
    const content = { act, outcome: stage.ending.outcome, runTitle: turn.terms.runTitle };
    return { ...nothingOpen, gates: [stuckGate(gateOf(stage), title, content)] };
  },

  receive(state, stage, item, turn) {
    const [act] = stage.acts;
    if (stage.isStuck) return decides(item, gateOf(stage)) ? unstuck(state, stage, item, turn) : state;
    if (act === 'release' && answers(item, { step: 'release', visit: stage.visit }))
      return released(state, stage, item, turn);
    const isCheckout = act === 'expireCheckout' && answers(item, { step: 'expire-checkout', visit: stage.visit });
    return isCheckout ? checkoutEnded(state, stage, item, turn) : state;
  },

  due(state, stage, turn) {
    leave(state, turn, 'done');
    return next(state, stage, turn);
  },

  advance: close,
});

function openAct(stage: StageOf<'closing'>, act: ClosingAct, state: EnrollmentState): Open {
  switch (act) {
    case 'expireCheckout': {
      const checkout = state.openCheckout?.perform ?? '';
      const step = { step: 'expire-checkout', visit: stage.visit };
      return { ...nothingOpen, actions: [openAction('expireCheckout', step, { checkout })] };
    }
    case 'release': {
      const reason = stage.ending.outcome;
      return {
        ...nothingOpen,
        actions: [openAction('releaseSeat', { step: 'release', visit: stage.visit }, { reason })],
      };
    }
    case 'watch':
      return { ...nothingOpen, dueAt: stage.watchUntil };
  }
}

/** The provider's answer decides the tie between a payment and the end of the hold. */
function checkoutEnded(
  state: EnrollmentState,
  stage: StageOf<'closing'>,
  item: MailboxItem,
  turn: Turn,
): EnrollmentState {
  const checkout = item.kind === 'failed' ? null : text(item.payload, 'checkout');
  const payment = checkout === 'paid' ? paymentOf(item.payload, turn) : null;
  if (payment) {
    const paid = findMoney(state, payment, turn);
    if (paid.money.accepted) return paid;
    leave(state, turn, 'done', { checkout });
    return next({ ...paid, openCheckout: null }, stage, turn);
  }
  if (checkout === 'underWay' && isForMoneyOnly(state, stage)) {
    leave(state, turn, 'done', { checkout });
    return backToUnderWay(state, turn.now, turn);
  }
  if (checkout === 'expired' || checkout === 'none' || checkout === 'underWay') {
    leave(state, turn, 'done', { checkout });
    return next({ ...state, openCheckout: null }, stage, turn);
  }
  leave(state, turn, 'failed', { reason: failureOf(item.payload) });
  if (stage.watchUntil !== null) return at(state, { ...stage, isStuck: true });
  const watchUntil = plus(state.openCheckout?.since ?? turn.now, checkoutLives, 'UTC');
  return next(state, { ...stage, acts: [...stage.acts, 'watch', 'expireCheckout'], watchUntil }, turn);
}

/** Whether nothing but the missing money ends it: then money on its way keeps the seat. Where it comes in spite of another end it goes back. */
function isForMoneyOnly(state: EnrollmentState, { ending }: StageOf<'closing'>): boolean {
  return ending.outcome === 'holdExpired' && state.wish === null && state.seat === 'held' && mayBeUnderWay(state);
}

function released(state: EnrollmentState, stage: StageOf<'closing'>, item: MailboxItem, turn: Turn): EnrollmentState {
  if (item.kind === 'failed') {
    leave(state, turn, 'failed', { reason: failureOf(item.payload) });
    return at(state, { ...stage, isStuck: true });
  }
  leave(state, turn, 'done');
  return next({ ...state, seat: 'released' }, stage, turn);
}

function unstuck(state: EnrollmentState, stage: StageOf<'closing'>, item: MailboxItem, turn: Turn): EnrollmentState {
  if (item.payload['outcome'] === 'retry') return beginAct(state, turn, stage);
  return next(undone(state, stage), stage, turn);
}

/** A person says that the first act was settled elsewhere. */
function undone(state: EnrollmentState, { acts: [act] }: StageOf<'closing'>): EnrollmentState {
  return act === 'release' ? { ...state, seat: 'released' } : { ...state, openCheckout: null };
}

function next(state: EnrollmentState, stage: StageOf<'closing'>, turn: Turn): EnrollmentState {
  return beginAct(state, turn, { ...stage, acts: stage.acts.slice(1) });
}

/** Each act has a gate of its own: the visits of their steps are counted apart. */
function gateOf({ acts, visit }: StageOf<'closing'>): { step: string; visit: number } {
  return { step: acts[0] === 'release' ? 'release-stuck' : 'expire-checkout-stuck', visit };
}

/**
 * Handles the late money of an expired hold first, then the closing acts and refunds, then the mail; ends when nothing is
 * left open.
 */
function close(state: EnrollmentState, stage: StageOf<'closing'>, turn: Turn): EnrollmentState {
  if (stage.ending.outcome === 'lapsed' && isComplete(state.progress, turn.terms.completion))
    return completedAfterAll(state, stage, turn);
  const { accepted } = state.money;
  const isLateMoney = stage.ending.outcome === 'holdExpired' && accepted !== null;
  const isReleasing = stage.acts[0] === 'release' && !stage.isStuck;
  if (isLateMoney && !isReleasing) return useLateMoney(state, stage, accepted, turn);
  if (stage.acts.length > 0 || refundsOf(state).length > 0) return state;
  if (!stage.isTold) return sendEndingMail(at(state, { ...stage, isTold: true }), stage, turn);
  if (state.errands.length > 0) return state;
  return at(state, { kind: 'ended', ending: stage.ending });
}

/** What was learned before the end of the course run was reported after it: the learner has completed the course. */
function completedAfterAll(state: EnrollmentState, stage: StageOf<'closing'>, turn: Turn): EnrollmentState {
  const known = state.afterEnd ? { afterEnd: completed } : {};
  return noteCompletion(at({ ...state, ...known }, { ...stage, ending: completed, isTold: false }), turn);
}

/** The learner paid after the hold was over: the seat is asked for again, unless there has been a leave request since. */
function useLateMoney(
  state: EnrollmentState,
  stage: StageOf<'closing'>,
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

function sendEndingMail(state: EnrollmentState, { ending }: StageOf<'closing'>, turn: Turn): EnrollmentState {
  if (ending.outcome === 'completed') {
    return sendMail(state, turn, 'ending-mail', 'Mail: course completed', completionMail(turn.terms));
  }
  const mail = endingMail(turn.terms, ending, refundedMinor(state));
  return sendMail(state, turn, 'ending-mail', 'Mail: the enrollment has ended', mail);
}
