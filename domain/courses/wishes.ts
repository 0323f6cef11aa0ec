import { interruptErrands } from './errands.ts';
import { beginAct, leave, toClosing, toQuoting } from './moves.ts';
import type { Ending, EnrollmentState, Wish } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * Somebody wants out. A learner's withdrawal is one wish however often it is told; an operator's exit goes before it, ends a
 * pause, and begins again what it may have kept from being done.
 */
export function hearWish(state: EnrollmentState, wish: Wish, turn: Turn): EnrollmentState {
  if (wish.kind === 'withdraw') return state.wish ? state : { ...state, wish };
  const interrupted = interruptErrands({ ...state, isPaused: false, wish }, turn);
  const { stage } = interrupted;
  const isEndingCheckout = stage.kind === 'closing' && stage.acts[0] === 'expireCheckout';
  return isEndingCheckout ? beginAct(interrupted, turn, stage) : interrupted;
}

/**
 * Does what was wished, as soon as it can be done: while the seat ledger is asked, its answer comes first. An operator's exit
 * is the provider's cancellation: everything paid comes back. Once the end has begun there is nothing left to wish.
 */
export function grantWish(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { wish, stage } = state;
  if (!wish) return state;
  switch (stage.kind) {
    case 'seating':
    case 'confirming':
    case 'closing':
    case 'ended':
      return state;
    case 'eligibility':
    case 'waitlisted':
    case 'offered':
    case 'payment':
      leave(state, turn, 'skipped', { reason: wish.reason });
      return toClosing(state, turn, endingOf(wish));
    case 'learning':
      leave(state, turn, 'skipped', { reason: wish.reason, progressPercent: state.progress.basisPoints / 100 });
      return wish.kind === 'withdraw' && state.money.accepted
        ? toQuoting({ ...state, wish: null }, turn, wish)
        : cancelled(state, wish, turn);
    case 'quoting':
    case 'deciding':
      if (wish.kind === 'withdraw') return { ...state, wish: null };
      leave(state, turn, 'skipped', { reason: wish.reason });
      return cancelled(state, wish, turn);
  }
}

/** How it ends for somebody who wanted out. */
export function endingOf(wish: Wish): Ending {
  if (wish.kind === 'exit') return { outcome: 'cancelled', reason: wish.reason };
  return { outcome: 'withdrawn', reason: 'withdrawn' };
}

function cancelled(state: EnrollmentState, wish: Wish, turn: Turn): EnrollmentState {
  return toClosing(state, turn, endingOf(wish), { refundMinor: state.money.accepted?.amountMinor ?? 0 });
}
