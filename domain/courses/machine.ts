import type { EnrollmentTerms } from '../../contracts/courses/course.ts';
import type { Advanced, InboxItem, RunStatus } from '../../contracts/core/machine.ts';
import { isReached } from '../time/time.ts';
import { errandGates, errandPerforms, hearErrand } from './errands.ts';
import { facetsOf } from './facets.ts';
import { hearPayment } from './money.ts';
import { stepOf } from './moves.ts';
import { proceed } from './proceed.ts';
import { hearProgress } from './progress.ts';
import { text } from './read.ts';
import { dueStage, hearStage, openStage } from './stages/stage-rules.ts';
import { newEnrollment, type Ending, type EnrollmentState } from './state.ts';
import { line, type Turn } from './turn.ts';
import { hearWish } from './wishes.ts';

/**
 * One turn of an enrollment: hears `inbox` in its order, then does what is due at `now`. Pure: the same terms, state and
 * input give the same result. `state` null begins. An enrollment that has ended changes no more.
 */
export function advanceEnrollment(
  terms: EnrollmentTerms,
  state: EnrollmentState | null,
  input: { now: string; inbox: readonly InboxItem[] },
): Advanced<EnrollmentState> {
  const turn: Turn = { terms, now: input.now, steps: [] };
  let current = state ?? newEnrollment(input.now);
  if (!state) line(turn, { step: 'eligibility', visit: 1 }, 'running');
  for (const item of input.inbox) {
    if (current.stage.kind === 'ended') break;
    current = proceed(hear(current, item, turn), turn);
  }
  return standing(doWhatIsDue(proceed(current, turn), turn), turn);
}

function hear(state: EnrollmentState, item: InboxItem, turn: Turn): EnrollmentState {
  switch (item.kind) {
    case 'pause':
      return { ...state, isPaused: true };
    case 'resume':
      return { ...state, isPaused: false };
    case 'exit':
      return hearWish(
        state,
        { kind: 'exit', reason: text(item.payload, 'reason') ?? 'ended by an operator', at: item.at },
        turn,
      );
    case 'withdraw':
      return hearWish(state, { kind: 'withdraw', reason: text(item.payload, 'reason') ?? '', at: item.at }, turn);
    case 'payment':
      return hearPayment(state, item, turn);
    case 'progress':
      return hearProgress(state, item, turn.terms.completion);
    case 'seatOffered':
      return { ...state, offerExpiresAt: text(item.payload, 'expiresAt') };
    default:
      return hearErrand(state, item, turn) ?? hearStage(state, item, turn);
  }
}

/** A deadline may lead to another that has passed as well; a stage that stays where it is has done what it could. */
function doWhatIsDue(state: EnrollmentState, turn: Turn): EnrollmentState {
  let current = state;
  for (;;) {
    const { dueAt } = openStage(current, turn);
    if (current.isPaused || dueAt === null || !isReached(dueAt, turn.now)) return current;
    const after = proceed(dueStage(current, turn), turn);
    if (after === current) return current;
    current = after;
  }
}

function standing(state: EnrollmentState, turn: Turn): Advanced<EnrollmentState> {
  const after = { ...state, facets: facetsOf(state) };
  const { stage } = after;
  if (stage.kind === 'ended') {
    const { outcome, reason } = stage.ending;
    const nothing = { performs: [], waits: [], gates: [], dueAt: null, currentStep: null };
    return { state: after, steps: turn.steps, ...nothing, status: statusOf(stage.ending), ended: { outcome, reason } };
  }
  const open = openStage(after, turn);
  const performs = after.isPaused ? [] : [...open.performs, ...errandPerforms(after, turn)];
  const isAtWork = open.performs.length > 0 || (stage.kind === 'closing' && performs.length > 0);
  return {
    state: after,
    performs,
    waits: [],
    gates: [...open.gates, ...errandGates(after, turn)],
    steps: turn.steps,
    dueAt: after.isPaused ? null : open.dueAt,
    status: after.isPaused ? 'paused' : isAtWork ? 'running' : 'waiting',
    currentStep: stepOf(stage)?.step ?? after.errands[0]?.step ?? null,
    ended: null,
  };
}

function statusOf({ outcome }: Ending): RunStatus {
  switch (outcome) {
    case 'completed':
      return 'completed';
    case 'failed':
    case 'paymentUnavailable':
      return 'failed';
    default:
      return 'exited';
  }
}
