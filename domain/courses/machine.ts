import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import type { Advanced, MailboxItem } from '../../contracts/core/machine.ts';
import { goesOn, over, untilStill, type EndStatus, type TurnInput } from '../machine/advanced.ts';
import { together, type Open } from '../machine/open.ts';
import { text } from '../machine/received.ts';
import { isReached, plus } from '../time/time.ts';
import { receiveForSideTask, sendMail, sideTaskActions, sideTaskGates } from './side-tasks.ts';
import { facetsOf } from './facets.ts';
import { courseMessageMail } from './mails.ts';
import { moreTimeForOffer } from './more-time.ts';
import { receivePayment } from './money/receive-payment.ts';
import { receiveForLook } from './money/reconcile.ts';
import { receiveMovedDates } from './dates/moved-dates.ts';
import { advanceStage } from './advance-stage.ts';
import { receiveProgress } from './progress.ts';
import { dueStage, lineOf, openStage, receiveInStage, receiveStay, takesMoney } from './stages/stages.ts';
import { newEnrollment, type Ending, type EnrollmentState } from './state.ts';
import { stageLine, type Turn } from './turn.ts';
import { receiveForUnknownMail, unknownMailGates } from './unknown-mails.ts';
import { receiveLeaveRequest } from './leave-requests.ts';

/**
 * One turn of an enrollment: receives `mailbox` in its order, then does what is due at `now`. Pure: the same terms, state
 * and input give the same result. `state` null begins. One that has ended receives news of money, and what was learned before the end and
 * is reported after it.
 */
export function advanceEnrollment(
  terms: EnrollmentTerms,
  state: EnrollmentState | null,
  input: TurnInput,
): Advanced<EnrollmentState> {
  const turn: Turn = { terms, now: input.now, lineOf, takesMoney, lines: new Map() };
  let current = state ?? newEnrollment(input.now);
  if (!state) stageLine(turn, current.stage, 'running');
  for (const item of input.mailbox) {
    if (current.stage.kind === 'ended' && !isNewsAfterEnd(item)) continue;
    current = advanceStage(receive(current, item, turn), turn);
  }
  return turnResult(fireDue(advanceStage(current, turn), turn), turn);
}

function isNewsAfterEnd({ kind }: MailboxItem): boolean {
  return kind === 'payment' || kind === 'progress';
}

function receive(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  switch (item.kind) {
    case 'pause':
      return state.isPaused ? state : { ...state, isPaused: true, pausedSince: turn.now };
    case 'resume':
      return { ...state, isPaused: false };
    case 'exit':
      return receiveLeaveRequest(
        state,
        { kind: 'exit', reason: text(item.payload, 'reason') ?? 'ended by an operator', at: item.at },
        turn,
      );
    case 'withdraw':
      return receiveLeaveRequest(
        state,
        { kind: 'withdraw', reason: text(item.payload, 'reason') ?? '', at: item.at },
        turn,
      );
    case 'stay':
      return receiveStay(state, turn);
    case 'payment':
      return receivePayment(state, item, turn);
    case 'progress':
      return receiveProgress(state, item, turn.terms.completion);
    case 'seatAnswer':
      return receiveSeatAnswer(state, item);
    case 'datesMoved':
      return receiveMovedDates(state, item, turn);
    case 'courseMessage':
      return sendCourseMessage(state, item, turn);
    case 'seatOffered':
      return { ...state, offerExpiresAt: text(item.payload, 'expiresAt') };
    default:
      return (
        moreTimeForOffer(state, item) ??
        receiveForUnknownMail(state, item, turn) ??
        receiveForLook(state, item, turn) ??
        receiveForSideTask(state, item, turn) ??
        receiveInStage(state, item, turn)
      );
  }
}

/** The request itself has taken a seat or a place in the queue: whatever comes before the ledger is asked by the run, its end releases it. */
function receiveSeatAnswer(state: EnrollmentState, { payload }: MailboxItem): EnrollmentState {
  const seat = text(payload, 'seat');
  return state.seat === 'none' && (seat === 'held' || seat === 'waitlisted') ? { ...state, seat } : state;
}

/** A person has written to the learners of the course run. */
function sendCourseMessage(state: EnrollmentState, { payload }: MailboxItem, turn: Turn): EnrollmentState {
  const [message, subject, words] = [text(payload, 'message'), text(payload, 'subject'), text(payload, 'words')];
  if (message === null || subject === null || words === null) return state;
  return sendMail(
    state,
    turn,
    'course-message',
    `Mail: ${subject}`,
    courseMessageMail(turn.terms, { message, subject, words }),
  );
}

/** A deadline may lead to another that has passed as well; a stage that stays the same has nothing more to do. */
function fireDue(state: EnrollmentState, turn: Turn): EnrollmentState {
  return untilStill(state, (current) => {
    const { dueAt, actions } = openStage(current, turn);
    const wanted = dueOf(current, { dueAt, actions: [...actions, ...sideTaskActions(current, turn)] });
    if (wanted === null || !isReached(wanted, turn.now)) return current;
    const before = current.isPaused ? { ...current, isPaused: false } : current;
    return dueAt === null || !isReached(dueAt, turn.now) ? before : advanceStage(dueStage(before, turn), turn);
  });
}

/** How long a pause puts off what is due. Others wait for a seat that is held or offered, so no pause keeps one without an end. */
const pausePutsOff = 'P1D';

/**
 * When the enrollment wants to be called: in a pause a day later than else, and then the pause is over. What is to be done without a time of its own,
 * such as to confirm the seat of a learner who pays meanwhile or to give money back, is put off for a day from the beginning of the pause, however
 * far off the next date is.
 */
function dueOf(
  { isPaused, pausedSince }: EnrollmentState,
  { dueAt, actions }: Pick<Open, 'dueAt' | 'actions'>,
): string | null {
  if (!isPaused) return dueAt;
  const later = dueAt === null ? null : plus(dueAt, pausePutsOff, 'UTC');
  if (pausedSince === undefined || actions.length === 0) return later;
  const bound = plus(pausedSince, pausePutsOff, 'UTC');
  return dueAt !== null && isReached(dueAt, bound) ? later : bound;
}

function turnResult(state: EnrollmentState, turn: Turn): Advanced<EnrollmentState> {
  const after = { ...state, facets: facetsOf(state, turn.terms) };
  const { stage, isPaused } = after;
  const left = { state: after, lines: turn.lines };
  if (stage.kind === 'ended') return over(left, { status: statusOf(stage.ending), ...stage.ending });
  const own = openStage(after, turn);
  const beside = { actions: sideTaskActions(after, turn), gates: sideTaskGates(after, turn) };
  const open = together([own, beside, { gates: unknownMailGates(after) }]);
  const actions = isPaused ? [] : open.actions;
  const isAtWork = own.actions.length > 0 || (stage.kind === 'closing' && actions.length > 0);
  const currentStep = lineOf(stage)?.step ?? after.errands[0]?.step ?? null;
  const dueAt = dueOf(after, { dueAt: own.dueAt, actions: open.actions });
  return goesOn(left, { ...open, actions, dueAt }, { isPaused, isAtWork, currentStep });
}

function statusOf({ outcome }: Ending): EndStatus {
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
