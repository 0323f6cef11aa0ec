import type { FoundDispute, FoundRefund } from '../../../contracts/courses/actions.ts';
import type { JsonObject, MailboxItem } from '../../../contracts/core/machine.ts';
import { answers, failureOf } from '../../machine/received.ts';
import { add, again, nextTry, noteTask, refundDone, without } from '../side-tasks.ts';
import type { Disputed, EnrollmentState, Refund, Refunded } from '../state.ts';
import { line, visitStep, type Turn } from '../turn.ts';
import { gaveBack, isDisputed, leftOf, refundsOf } from './balances.ts';

const lines = {
  refundedElsewhere: { step: 'refunded-elsewhere', kind: 'refund', title: 'Refunded at the payment service' },
  refundReturned: { step: 'refund-returned', kind: 'refund', title: 'A refund came back' },
  dispute: { step: 'dispute', kind: 'payment', title: 'Disputed by the bank' },
} as const;

/** Receives the answer of a look at a payment; null for every other message. One that failed says nothing: the next report leads to another. */
export function receiveForLook(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState | null {
  const look = state.errands.find((task) => task.kind === 'look' && answers(item, task));
  if (look?.kind !== 'look') return null;
  const seen = without(state, look);
  if (item.kind === 'failed') {
    noteTask(turn, look, 'failed', { reason: failureOf(item.payload) });
    return seen;
  }
  noteTask(turn, look, 'done', {});
  return reconcile(seen, look.paymentIntent, item.payload, turn);
}

/**
 * Makes the enrollment agree with what a look at one of its payments has shown. Reports come in any order and more than once; a look shows
 * all that is so now, so that the last one is right. Refunds made elsewhere count, those that the bank returned are asked about, and what is
 * still owed is never more than is left.
 */
function reconcile(state: EnrollmentState, paymentIntent: string, payload: JsonObject, turn: Turn): EnrollmentState {
  if (!state.money.received.some((known) => known.paymentIntent === paymentIntent)) return state;
  // The activity wrote both by the action's own contract.
  const refunds = (payload['refunds'] ?? []) as FoundRefund[];
  const disputes = (payload['disputes'] ?? []) as FoundDispute[];
  let after = state;
  // Those with a key first: one without must not pass for one that was made here for the same amount.
  const keyedFirst = [...refunds.filter(({ key }) => key !== null), ...refunds.filter(({ key }) => key === null)];
  for (const found of keyedFirst) after = seeRefund(after, paymentIntent, found, turn);
  for (const found of disputes) after = seeDispute(after, paymentIntent, found, turn);
  return oweNoMore(after, paymentIntent, turn);
}

function seeRefund(state: EnrollmentState, paymentIntent: string, found: FoundRefund, turn: Turn): EnrollmentState {
  const { refunded } = state.money;
  const known = refunded.find((each) => isSame(each, paymentIntent, found));
  const hasFailed = found.status === 'failed';
  if (known) {
    if (known.isVoid) return state;
    const seen = put(state, known, { ...known, refundId: found.id, ...(hasFailed ? { isVoid: true } : {}) });
    return hasFailed ? returned(seen, known, found, turn) : seen;
  }
  const own = refundsOf(state).find(
    (task) => task.paymentIntent === paymentIntent && found.key === `refund/${paymentIntent}/${task.tryNumber}`,
  );
  // One that is being asked for answers by itself; one that failed, or whose answer was lost, may have been made after all.
  if (own) return own.isStuck && !hasFailed ? refundDone(state, own, { refundId: found.id }, turn) : state;
  if (hasFailed) return state;
  const { id: refundId, amountMinor } = found;
  const next = visitStep(state, lines.refundedElsewhere.step);
  const made: Refunded = { paymentIntent, amountMinor, refundId, isElsewhere: true };
  const money = { ...next.state.money, refunded: [...refunded, made] };
  const came = money.received.find((each) => each.paymentIntent === paymentIntent);
  const currency = came?.currency ?? turn.terms.currency;
  const isAll = leftOf(money, paymentIntent) <= 0;
  line(turn, { ...lines.refundedElsewhere, visit: next.visit }, 'done', {
    detail: { amountMinor, currency, refundId, isAll },
  });
  return { ...next.state, money };
}

/** By its id; a refund that was noted without one by its key, or as what a person said to have settled elsewhere. */
function isSame(each: Refunded, paymentIntent: string, found: FoundRefund): boolean {
  if (each.paymentIntent !== paymentIntent) return false;
  if (each.refundId !== undefined) return each.refundId === found.id;
  // What failed is why a person settled it: it must not be asked for again.
  if (each.isSettled && found.status === 'failed') return false;
  if (found.key !== null) return found.key === `refund/${paymentIntent}/${each.tryNumber ?? 1}`;
  return each.amountMinor === found.amountMinor;
}

/** The bank has returned a refund. One that was made here is owed again, and a person says how it goes on. */
function returned(state: EnrollmentState, known: Refunded, found: FoundRefund, turn: Turn): EnrollmentState {
  const { paymentIntent, amountMinor, currency, tryNumber = 1 } = known;
  const next = visitStep(state, lines.refundReturned.step);
  line(turn, { ...lines.refundReturned, visit: next.visit }, 'failed', { detail: { amountMinor, refundId: found.id } });
  if (known.isElsewhere) return next.state;
  const reason = 'The bank returned a refund';
  const step = 'refund-payment';
  return add(next.state, turn, step, (visit) => ({
    kind: 'refund',
    step,
    visit,
    title: 'Refund',
    paymentIntent,
    amountMinor,
    reason,
    tryNumber,
    isStuck: true,
    ...(currency === undefined ? {} : { currency }),
  }));
}

function seeDispute(state: EnrollmentState, paymentIntent: string, found: FoundDispute, turn: Turn): EnrollmentState {
  const { disputes = [] } = state.money;
  const known = disputes.find(({ id }) => id === found.id);
  const next = known ? { state, visit: known.visit } : visitStep(state, lines.dispute.step);
  const { id, state: where, isWithdrawn, amountMinor } = found;
  const seen: Disputed = { ...found, paymentIntent, visit: next.visit };
  if (known?.state !== where || known.isWithdrawn !== isWithdrawn) {
    const status = ({ open: 'waiting', won: 'done', lost: 'failed' } as const)[where];
    const waits = where === 'open' ? ({ waitingFor: 'event' } as const) : {};
    const detail = { disputeId: id, amountMinor, isWithdrawn, result: where };
    line(turn, { ...lines.dispute, visit: next.visit }, status, { ...waits, detail });
  }
  const others = disputes.filter((each) => each !== known);
  return { ...next.state, money: { ...next.state.money, disputes: [...others, seen] } };
}

/**
 * What is owed of a payment is at most what is left of it. More than that the provider refuses, so a refund that is smaller now is asked for
 * with another key; one that was made already is part of what is left.
 */
function oweNoMore(state: EnrollmentState, paymentIntent: string, turn: Turn): EnrollmentState {
  if (isDisputed(state.money, paymentIntent)) return state;
  let after = state;
  let left = leftOf(state.money, paymentIntent);
  for (const task of refundsOf(state).filter((each) => each.paymentIntent === paymentIntent)) {
    const amountMinor = Math.min(task.amountMinor, left);
    left -= amountMinor;
    if (amountMinor === task.amountMinor) continue;
    const smaller = { amountMinor, tryNumber: nextTry(after, paymentIntent) };
    after = amountMinor > 0 ? again(after, task, smaller, turn) : drop(after, task, turn);
  }
  return after;
}

/** Nothing is left to give back: it was done elsewhere, or the payer's bank took it. */
function drop(state: EnrollmentState, task: Refund, turn: Turn): EnrollmentState {
  const reason = gaveBack(state.money, task.paymentIntent) > 0 ? 'it was refunded elsewhere' : 'the bank took it back';
  noteTask(turn, task, 'skipped', { reason });
  return without(state, task);
}

function put(state: EnrollmentState, known: Refunded, by: Refunded): EnrollmentState {
  const refunded = state.money.refunded.map((each) => (each === known ? by : each));
  return { ...state, money: { ...state.money, refunded } };
}
