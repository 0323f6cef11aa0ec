import type { RefundQuote, SeatPurpose } from '../../contracts/courses/enrollment.ts';
import type { JsonObject, StepChange } from '../../contracts/core/machine.ts';
import { plus } from '../time/time.ts';
import { nextDate } from './dates/dates.ts';
import { refund, withdrawMails } from './side-tasks.ts';
import { quoteFacts } from './quote/quote-facts.ts';
import type { ClosingAct, ClosingStage, Ending, EnrollmentState, LeaveRequest, Stage } from './state.ts';
import { at, stageLine, visitStep, type Turn } from './turn.ts';

/** Closes the timeline's line of the stage that is left. */
export function leave(
  state: EnrollmentState,
  turn: Turn,
  status: Exclude<StepChange['status'], 'running' | 'waiting'>,
  detail: JsonObject = {},
): void {
  stageLine(turn, state.stage, status, { detail });
}

/** Asks the seat ledger for a seat; `answeredAt` is when an offer of it was accepted. */
export function toSeating(
  state: EnrollmentState,
  turn: Turn,
  purpose: SeatPurpose,
  answeredAt?: string,
): EnrollmentState {
  const when = answeredAt === undefined ? {} : { answeredAt };
  return enter(state, turn, { kind: 'seating', purpose, ...when }, { detail: { purpose } });
}

/** Waits in the queue, at most until the course run starts; who enrolls after that, until it ends. */
export function toWaitlisted(state: EnrollmentState, turn: Turn, position: number | null): EnrollmentState {
  const until = nextDate(turn.terms, turn.now);
  const waiting = { status: 'waiting', waitingFor: 'event', dueAt: until, detail: { position } } as const;
  return enter({ ...state, seat: 'waitlisted' }, turn, { kind: 'waitlisted', until }, waiting);
}

/** Puts an offer to the learner. */
export function toOffered(state: EnrollmentState, turn: Turn, expiresAt: string): EnrollmentState {
  const offered: EnrollmentState = { ...state, seat: 'offered', offerExpiresAt: null };
  const waiting = { status: 'waiting', waitingFor: 'person', dueAt: expiresAt } as const;
  return enter(offered, turn, { kind: 'offered', expiresAt }, waiting);
}

/** Holds the seat for the payment. */
export function toPayment(state: EnrollmentState, turn: Turn, expiresAt: string): EnrollmentState {
  const { priceMinor, currency } = turn.terms;
  const waiting = { dueAt: expiresAt, detail: { amountMinor: priceMinor, currency } };
  const entered = enter(state, turn, { kind: 'payment', expiresAt, isMade: false }, waiting);
  const action = `checkout/${entered.visits['checkout'] ?? 1}`;
  return { ...entered, openCheckout: { perform: action, since: turn.now } };
}

/** Makes the held seat the learner's own. */
export function toConfirming(state: EnrollmentState, turn: Turn): EnrollmentState {
  return enter(state, turn, { kind: 'confirming' });
}

/** Lets the learner in; `isWelcomed`: they were in before. */
export function toLearning(state: EnrollmentState, turn: Turn, { isWelcomed = false } = {}): EnrollmentState {
  const waiting = { status: 'waiting', waitingFor: 'event', dueAt: turn.terms.endsAt } as const;
  return enter({ ...state, seat: 'confirmed' }, turn, { kind: 'learning', isWelcomed }, waiting);
}

/** Asks what is refunded to a learner who wants to leave. */
export function toQuoting(state: EnrollmentState, turn: Turn, request: LeaveRequest): EnrollmentState {
  const { at: asOf, reason } = request;
  const facts = quoteFacts(state, turn.terms);
  return enter(state, turn, { kind: 'quoting', asOf, reason, facts }, { detail: { reason } });
}

/** Asks a person about the refund. `problem` says why it is asked again, `until` what was promised then. */
export function toDeciding(
  state: EnrollmentState,
  turn: Turn,
  { until, ...input }: { quote: RefundQuote; reason: string; problem: string | null; until?: string },
): EnrollmentState {
  const dueAt = until ?? plus(turn.now, turn.terms.withdrawal.decideWithin, turn.terms.zone);
  const { refundMinor, paidMinor, currency } = input.quote;
  const detail = { refundMinor, paidMinor, currency };
  const waiting = { status: 'waiting', waitingFor: 'person', dueAt, detail } as const;
  return enter(state, turn, { kind: 'deciding', dueAt, ...input }, waiting);
}

/**
 * Begins the end: a checkout that can still be paid is closed and a seat, an offer or a place in the queue is released, one
 * after the other; beside that, `refundMinor` of the accepted payment is refunded, all of it where nothing else is said. A seat that was used
 * to the end stays, and so does its price.
 */
export function toClosing(
  state: EnrollmentState,
  turn: Turn,
  ending: Ending,
  { keepsSeat = false, ...more }: { refundMinor?: number; keepsSeat?: boolean } = {},
): EnrollmentState {
  const hasSeat = !keepsSeat && state.seat !== 'none' && state.seat !== 'released';
  const acts: ClosingAct[] = [
    ...(state.openCheckout ? ['expireCheckout' as const] : []),
    ...(hasSeat ? ['release' as const] : []),
  ];
  const stage: ClosingStage = {
    kind: 'closing',
    visit: 0,
    ending,
    acts,
    isStuck: false,
    watchUntil: null,
    isTold: false,
  };
  const closing = beginAct({ ...state, wish: null }, turn, stage);
  const { accepted } = closing.money;
  const refundMinor = more.refundMinor ?? (keepsSeat ? 0 : (accepted?.amountMinor ?? 0));
  if (!accepted || refundMinor === 0) return closing;
  return refund(closing, turn, {
    paymentIntent: accepted.paymentIntent,
    amountMinor: refundMinor,
    reason: ending.reason,
  });
}

/** Ends an enrollment without a seat of its own because the course run has ended: what was paid goes back. */
export function toCourseRunEnded(state: EnrollmentState, turn: Turn): EnrollmentState {
  return toClosing(state, turn, { outcome: 'courseRunEnded', reason: 'the course run has ended' });
}

/** Ends an enrollment whose learner lacks a prerequisite. */
export function toIneligible(state: EnrollmentState, turn: Turn, missing: string[]): EnrollmentState {
  leave(state, turn, 'failed', { missing });
  return toClosing(state, turn, { outcome: 'ineligible', reason: `not completed before: ${missing.join(', ')}` });
}

/** Begins the first of the acts that are left, under a new visit of its step. */
export function beginAct(state: EnrollmentState, turn: Turn, stage: ClosingStage): EnrollmentState {
  const [act] = stage.acts;
  if (!act) return at(state, stage);
  const waiting = { status: 'waiting', waitingFor: 'time', dueAt: stage.watchUntil } as const;
  return enter(state, turn, { ...stage, isStuck: false }, act === 'watch' ? waiting : {});
}

type Begun<S extends Stage> = S extends { visit: number } ? Omit<S, 'visit'> : never;
type More = { status?: StepChange['status'] } & Pick<StepChange, 'waitingFor' | 'detail' | 'dueAt'>;

/** Puts the enrollment into a stage that shows a line, under a new visit of its step; what its mails said of the stage before is over. */
function enter(
  before: EnrollmentState,
  turn: Turn,
  begun: Begun<Stage>,
  { status = 'running', ...more }: More = {},
): EnrollmentState {
  const state = withdrawMails(before, turn);
  const stage = { ...begun, visit: 0 };
  const next = visitStep(state, turn.lineOf(stage)?.step ?? stage.kind);
  const entered = at(next.state, { ...stage, visit: next.visit });
  stageLine(turn, entered.stage, status, more);
  return entered;
}
