import type { MailboxItem } from '../../contracts/core/machine.ts';
import { count, text } from './read.ts';
import { refund, refundsOf } from './side-tasks.ts';
import type { EnrollmentState } from './state.ts';
import { leave, toConfirming } from './transitions.ts';
import { line, visitStep, type Turn } from './turn.ts';

/**
 * Receives the provider's message about a payment. Money that pays for the seat is accepted, once; all other money,
 * whenever and however often it comes, is refunded in full. After a refused payment the learner may try again until the
 * hold ends.
 */
export function receivePayment(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  const paymentIntent = text(item.payload, 'paymentIntent');
  const amountMinor = count(item.payload, 'amountMinor');
  if (paymentIntent === null || amountMinor === null) return state;
  if (item.payload['status'] === 'paid') return receiveMoney(state, { paymentIntent, amountMinor }, turn);
  if (state.stage.kind !== 'payment') return state;
  const { visit, expiresAt } = state.stage;
  const waiting = { waitingFor: 'event', dueAt: expiresAt, detail: { lastTry: 'refused by the bank' } } as const;
  line(turn, { step: 'checkout', visit }, 'waiting', waiting);
  return { ...state, money: { ...state.money, hasFailed: true } };
}

/** Money has come. The same payment reported twice is one payment. */
export function receiveMoney(
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

/** How much of the accepted payment has been refunded, in minor units. */
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
  return refund(next.state, turn, { ...payment, reason: 'Nothing was due for this payment' });
}
