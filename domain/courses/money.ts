import type { InboxItem } from '../../contracts/core/machine.ts';
import { giveBack, refundsOf } from './errands.ts';
import { leave, toConfirming } from './moves.ts';
import { count, text } from './read.ts';
import type { EnrollmentState } from './state.ts';
import { line, visitStep, type Turn } from './turn.ts';

/**
 * The provider's word about a payment. Money that pays for the seat is accepted, once; all other money, whenever and
 * however often it comes, is given back in full. A refused payment leaves the hold's time to try again.
 */
export function hearPayment(state: EnrollmentState, item: InboxItem, turn: Turn): EnrollmentState {
  const paymentIntent = text(item.payload, 'paymentIntent');
  const amountMinor = count(item.payload, 'amountMinor');
  if (paymentIntent === null || amountMinor === null) return state;
  if (item.payload['status'] === 'paid') return receive(state, { paymentIntent, amountMinor }, turn);
  if (state.stage.kind !== 'payment') return state;
  const { visit, expiresAt } = state.stage;
  const waiting = { waitingFor: 'event', dueAt: expiresAt, detail: { lastTry: 'refused by the bank' } } as const;
  line(turn, { step: 'checkout', visit }, 'waiting', waiting);
  return { ...state, money: { ...state.money, hasFailed: true } };
}

/** Money has come. The same payment told twice is one payment. */
export function receive(
  state: EnrollmentState,
  payment: { paymentIntent: string; amountMinor: number },
  turn: Turn,
): EnrollmentState {
  const { money } = state;
  if (payment.amountMinor === 0 || money.received.some((known) => known.paymentIntent === payment.paymentIntent))
    return state;
  const received: EnrollmentState = { ...state, money: { ...money, received: [...money.received, payment] } };
  if (!mayPay(state) || payment.amountMinor !== turn.terms.priceMinor) return surplus(received, payment, turn);
  const accepted: EnrollmentState = {
    ...received,
    openCheckout: null,
    money: { ...received.money, accepted: payment, hasFailed: false },
  };
  if (state.stage.kind !== 'payment') return accepted;
  leave(accepted, turn, 'done', { amountMinor: payment.amountMinor });
  return toConfirming(accepted, turn);
}

/** How much of the accepted payment has been given back, in minor units. */
export function refundedMinor({ money }: Pick<EnrollmentState, 'money'>): number {
  return money.refunded
    .filter((refund) => refund.paymentIntent === money.accepted?.paymentIntent)
    .reduce((sum, refund) => sum + refund.amountMinor, 0);
}

/** Whether refunds are still to be done. */
export function owesMoney(state: EnrollmentState): boolean {
  return refundsOf(state).length > 0;
}

/** While the seat is held for it, and after the hold was over, unless the learner or an operator wanted to leave. */
function mayPay(state: EnrollmentState): boolean {
  const { stage } = state;
  if (state.money.accepted !== null || state.wish !== null) return false;
  return stage.kind === 'payment' || (stage.kind === 'closing' && stage.ending.outcome === 'holdExpired');
}

function surplus(
  state: EnrollmentState,
  payment: { paymentIntent: string; amountMinor: number },
  turn: Turn,
): EnrollmentState {
  const next = visitStep(state, 'surplus');
  line(turn, { step: 'surplus', visit: next.visit }, 'done', {
    detail: { amountMinor: payment.amountMinor, isGivenBack: true },
  });
  return giveBack(next.state, turn, { ...payment, reason: 'Nothing was due for this payment' });
}
