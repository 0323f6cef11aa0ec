import { earlier, isReached, plus } from '../../time/time.ts';
import { underWayMail } from '../mails.ts';
import { cameTooLate, sendMail } from '../side-tasks.ts';
import type { EnrollmentState, PaymentStage } from '../state.ts';
import { leave, toClosing, toPayment } from '../transitions.ts';
import { at, stageLine, visitStep, type Turn } from '../turn.ts';
import { holdFrom, looksEvery, settlesWithin } from './times.ts';

/**
 * The learner has done their part and the money is on its way: the seat is kept for it, at most as long as the slowest method takes and to
 * the end of the course run. That happens once; to receive it again changes nothing.
 */
export function toUnderWay(state: EnrollmentState, checkout: string | null, turn: Turn): EnrollmentState {
  const { stage } = state;
  if (stage.kind !== 'payment' || !isCurrent(state, checkout) || !mayBeUnderWay(state)) return state;
  return keepForMoney(state, stage, turn);
}

/** As `toUnderWay`, from the end of the hold: the checkout could not be closed, as it is complete. */
export function backToUnderWay(state: EnrollmentState, expiresAt: string, turn: Turn): EnrollmentState {
  const next = visitStep(state, 'checkout');
  return keepForMoney(next.state, { kind: 'payment', visit: next.visit, expiresAt, isMade: true }, turn);
}

/** Whether a seat may still be kept for money on its way: it is once. */
export function mayBeUnderWay({ money }: EnrollmentState): boolean {
  return money.underWaySince === undefined;
}

/** The end of the course run has moved: a seat that is kept for money on its way is kept by the new one. */
export function keepForMovedEnd(state: EnrollmentState, stage: PaymentStage, turn: Turn): EnrollmentState {
  const { underWaySince } = state.money;
  if (stage.underWayUntil === undefined || underWaySince === undefined) return state;
  const until = settledBy(underWaySince, turn);
  return keepUntil(state, until, { ...stage, underWayUntil: until });
}

/** Until when money is waited for that was on its way since then. */
function settledBy(since: string, { terms: { endsAt } }: Turn): string {
  const bound = plus(since, settlesWithin, 'UTC');
  return endsAt === null ? bound : earlier(bound, endsAt);
}

function keepForMoney(state: EnrollmentState, stage: PaymentStage, turn: Turn): EnrollmentState {
  const until = settledBy(turn.now, turn);
  const waiting = { waitingFor: 'event', dueAt: until, detail: { underWay: true } } as const;
  stageLine(turn, stage, 'waiting', waiting);
  const look = { visit: (stage.look?.visit ?? 0) + 1, at: plus(turn.now, looksEvery, 'UTC'), isOpen: false };
  const kept = keepUntil({ ...state, money: { ...state.money, underWaySince: turn.now, hasFailed: false } }, until, {
    ...stage,
    underWayUntil: until,
    look,
  });
  return sendMail(kept, turn, 'under-way-mail', 'Mail: the payment is under way', underWayMail(turn.terms, until));
}

/**
 * A payment was refused. Where it was on its way, or the report names its checkout, which is used up then, the learner gets a new link while the
 * hold lasts, and else the hold is over; before that they may try again with the same link.
 */
export function moneyFailed(state: EnrollmentState, checkout: string | null, turn: Turn): EnrollmentState {
  const { stage } = state;
  if (stage.kind !== 'payment' || !isCurrent(state, checkout)) return state;
  const failed = { ...state, money: { ...state.money, hasFailed: true } };
  if (stage.underWayUntil !== undefined || checkout !== null)
    return newLink(failed, 'the payment did not go through', turn);
  const waiting = { waitingFor: 'event', dueAt: stage.expiresAt, detail: { lastTry: 'refused by the bank' } } as const;
  stageLine(turn, stage, 'waiting', waiting);
  return failed;
}

/**
 * A payment was refused, and nothing says of which checkout: reports come in any order, so it may be of an earlier try. While money is on its
 * way the provider is asked how that stands.
 */
export function someMoneyFailed(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { stage } = state;
  if (stage.kind !== 'payment' || stage.underWayUntil === undefined || !stage.look)
    return moneyFailed(state, null, turn);
  return at(state, { ...stage, look: { ...stage.look, isOpen: true } });
}

/** The provider has ended a checkout before the hold was over: the learner gets a new link. */
export function linkEnded(state: EnrollmentState, checkout: string | null, turn: Turn): EnrollmentState {
  const { stage } = state;
  const isWaiting = stage.kind === 'payment' && stage.isMade && stage.underWayUntil === undefined;
  return isWaiting && isCurrent(state, checkout) ? newLink(state, 'the link has ended', turn) : state;
}

/** Asks for a new checkout for the rest of the hold; where none is left the hold is over. */
export function newLink(state: EnrollmentState, reason: string, turn: Turn): EnrollmentState {
  const { stage } = state;
  if (stage.kind !== 'payment') return state;
  if (isReached(stage.expiresAt, turn.now)) return endHold(state, reason, turn);
  leave(state, turn, 'skipped', { reason });
  const renewed = toPayment(state, turn, stage.expiresAt);
  if (stage.underWayUntil === undefined || renewed.stage.kind !== 'payment') return renewed;
  return keepUntil(renewed, stage.expiresAt, renewed.stage);
}

/** Asks for a checkout anew whose link the learner does not have yet; the hold is put off by the time that this has taken. */
export function askAgain(state: EnrollmentState, reason: string, turn: Turn): EnrollmentState {
  const late = putOffHold(state, turn.now, turn);
  if (late.stage.kind !== 'payment') return late;
  const { expiresAt, keep, unsentSince } = late.stage;
  leave(late, turn, 'skipped', { reason });
  const renewed = toPayment(late, turn, expiresAt);
  if (renewed.stage.kind !== 'payment') return renewed;
  return at(renewed, { ...renewed.stage, ...(keep ? { keep } : {}), ...(unsentSince ? { unsentSince } : {}) });
}

/** How long a seat is kept whose learner cannot be sent the link: others wait for it, and it may be their mailbox alone that takes nothing. */
const keptUnsent = 'P3D';

/** The hold is over. A learner who could not be sent the link, or only shortly before, gets another one, for a hold as long; else the seat goes. */
export function notPaid(state: EnrollmentState, turn: Turn): EnrollmentState {
  const { stage } = state;
  if (stage.kind !== 'payment' || !cameTooLate(state, 'payment-mail', stage.expiresAt))
    return endHold(state, 'not paid in time', turn);
  const unsentSince = stage.unsentSince ?? stage.expiresAt;
  const putOff = putOffHold(state, turn.now, turn).stage;
  const isKept = putOff.kind === 'payment' && !isReached(putOff.expiresAt, turn.now);
  if (!isKept || isReached(plus(unsentSince, keptUnsent, 'UTC'), turn.now))
    return endHold(state, 'the link could not be sent', turn);
  return askAgain(at(state, { ...stage, unsentSince }), 'its mail could not be sent in time', turn);
}

/** Puts the end of the hold off where its link is there, or asked for anew, later than it should be: until then nobody could pay. */
export function putOffHold(state: EnrollmentState, madeAt: string, { terms: { endsAt } }: Turn): EnrollmentState {
  const { stage, openCheckout } = state;
  if (stage.kind !== 'payment' || !openCheckout || stage.underWayUntil !== undefined) return state;
  const end = holdFrom(stage.expiresAt, openCheckout.since, madeAt);
  const expiresAt = endsAt === null ? end : earlier(end, endsAt);
  if (isReached(expiresAt, stage.expiresAt)) return state;
  return keepUntil(state, expiresAt, { ...stage, expiresAt });
}

/** Ends the hold of a seat that was not paid for. */
export function endHold(state: EnrollmentState, reason: string, turn: Turn): EnrollmentState {
  leave(state, turn, 'skipped', { reason });
  return toClosing(state, turn, { outcome: 'holdExpired', reason: 'the seat was not paid for in time' });
}

/** Has the seat ledger keep the seat until then. */
export function keepUntil(state: EnrollmentState, until: string, stage: PaymentStage): EnrollmentState {
  const next = visitStep(state, 'keep-seat');
  return at(next.state, { ...stage, keep: { visit: next.visit, until } });
}

/**
 * Whether news are of the last checkout, by the id of the action that made it; without one they are of no single one. The visit does not say
 * it: one that was found under way at the end of the hold has the line of a new visit.
 */
function isCurrent({ openCheckout }: EnrollmentState, checkout: string | null): boolean {
  return checkout === null || checkout === openCheckout?.perform;
}
