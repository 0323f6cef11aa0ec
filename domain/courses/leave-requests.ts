import { interruptSideTasks } from './side-tasks.ts';
import type { Ending, EnrollmentState, LeaveRequest } from './state.ts';
import { beginAct, leave, toClosing, toQuoting } from './transitions.ts';
import type { Turn } from './turn.ts';

/**
 * Takes in a request to leave. A learner's withdrawal is one request however often it is sent; an operator's exit goes
 * before it, ends a pause, and begins again what it may have interrupted.
 */
export function receiveLeaveRequest(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState {
  if (request.kind === 'withdraw') return state.wish ? state : { ...state, wish: request };
  const interrupted = interruptSideTasks({ ...state, isPaused: false, wish: request }, turn);
  const { stage } = interrupted;
  const isEndingCheckout = stage.kind === 'closing' && stage.acts[0] === 'expireCheckout';
  return isEndingCheckout ? beginAct(interrupted, turn, stage) : interrupted;
}

/**
 * Carries out the leave request as soon as it can: while the seat ledger is asked, its answer comes first. An operator's
 * exit is the provider's cancellation: everything paid is refunded. Once the end has begun, a request changes nothing.
 */
export function grantLeaveRequest(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { wish: request, stage } = state;
  if (!request) return state;
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
      leave(state, turn, 'skipped', { reason: request.reason });
      return toClosing(state, turn, endingOf(request));
    case 'learning':
      leave(state, turn, 'skipped', { reason: request.reason, progressPercent: state.progress.basisPoints / 100 });
      return request.kind === 'withdraw' && state.money.accepted
        ? toQuoting({ ...state, wish: null }, turn, request)
        : cancelled(state, request, turn);
    case 'quoting':
    case 'deciding':
      if (request.kind === 'withdraw') return { ...state, wish: null };
      leave(state, turn, 'skipped', { reason: request.reason });
      return cancelled(state, request, turn);
  }
}

/** How an enrollment ends after a leave request. */
export function endingOf(request: LeaveRequest): Ending {
  if (request.kind === 'exit') return { outcome: 'cancelled', reason: request.reason };
  return { outcome: 'withdrawn', reason: 'withdrawn' };
}

function cancelled(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState {
  return toClosing(state, turn, endingOf(request), { refundMinor: state.money.accepted?.amountMinor ?? 0 });
}
