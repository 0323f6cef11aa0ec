import { interruptSideTasks } from './side-tasks.ts';
import type { Ending, EnrollmentState, LeaveRequest } from './state.ts';
import { beginAct, leave, toClosing } from './transitions.ts';
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

/** Leaves a stage that has nothing to refund or to release. */
export function leaveAtOnce(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState {
  leave(state, turn, 'skipped', { reason: request.reason });
  return toClosing(state, turn, endingOf(request));
}

/** An operator's exit is the provider's cancellation: everything paid is refunded. */
export function cancelled(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState {
  return toClosing(state, turn, endingOf(request));
}

/** A learner who asks again while a refund is being decided changes nothing; an operator's exit ends that as well. */
export function leaveForExit(state: EnrollmentState, request: LeaveRequest, turn: Turn): EnrollmentState {
  if (request.kind === 'withdraw') return { ...state, wish: null };
  leave(state, turn, 'skipped', { reason: request.reason });
  return cancelled(state, request, turn);
}

/** How an enrollment ends after a leave request. */
export function endingOf(request: LeaveRequest): Ending {
  if (request.kind === 'exit') return { outcome: 'cancelled', reason: request.reason };
  return { outcome: 'withdrawn', reason: 'withdrawn' };
}
