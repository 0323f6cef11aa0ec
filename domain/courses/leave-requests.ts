import { interruptSideTasks } from './side-tasks.ts';
import type { StageRecord } from './stages/stage.ts';
import type { Ending, EnrollmentState, LeaveRequest, Stage } from './state.ts';
import { isComplete } from './progress.ts';
import { beginAct, leave, toClosing, toLearning } from './transitions.ts';
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

function backToLearning(state: EnrollmentState, reason: string, turn: Turn): EnrollmentState {
  leave(state, turn, 'skipped', { reason });
  return toLearning(state, turn, { isWelcomed: true });
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

/** What the stages of a withdrawal have in common that is not carried out yet: until it is decided the learner may stay. */
export const withdrawing = {
  lifecycle: () => 'withdrawing',
  access: (_stage, _state, { withdrawal }) => (withdrawal.whileDeciding === 'noAccess' ? 'suspended' : 'full'),
  moveDates: (state) => state,
  /** Who completes the course meanwhile has not withdrawn. */
  advance(state, _stage, turn) {
    const isDone = isComplete(state.progress, turn.terms.completion);
    return isDone ? backToLearning(state, 'completed meanwhile', turn) : state;
  },
  /** A learner who asks again changes nothing; an operator's exit ends that as well. */
  grant(state, request, turn) {
    if (request.kind === 'withdraw') return { ...state, wish: null };
    leave(state, turn, 'skipped', { reason: request.reason });
    return cancelled(state, request, turn);
  },
  stay: (state, turn) => backToLearning(state, 'taken back', turn),
} satisfies Partial<StageRecord<Stage>>;

/** How an enrollment ends after a leave request. */
export function endingOf(request: LeaveRequest): Ending {
  if (request.kind === 'exit') return { outcome: 'cancelled', reason: request.reason };
  return { outcome: 'withdrawn', reason: 'withdrawn' };
}
