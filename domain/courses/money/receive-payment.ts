import type { MailboxItem } from '../../../contracts/core/machine.ts';
import { count, text } from '../../machine/received.ts';
import { isOver } from '../dates/dates.ts';
import { moneyBackMail } from '../mails.ts';
import { lookAt, refund, sendMail } from '../side-tasks.ts';
import type { EnrollmentState, Payment } from '../state.ts';
import { leave, toConfirming } from '../transitions.ts';
import { line, visitStep, type Turn } from '../turn.ts';
import { linkEnded, moneyFailed, newLink, someMoneyFailed, toUnderWay } from './checkouts.ts';

/**
 * Receives the provider's message about a payment. Money that pays for the seat is accepted, once; all other money,
 * whenever and however often it comes, is refunded in full. After a refused payment the learner may try again until the
 * hold ends.
 */
export function receivePayment(state: EnrollmentState, item: MailboxItem, turn: Turn): EnrollmentState {
  const checkout = text(item.payload, 'checkout');
  switch (item.payload['status']) {
    case 'paid': {
      const payment = paymentOf(item.payload, turn);
      if (payment === null) return state;
      return item.payload['isLate'] === true ? findMoney(state, payment, turn) : receiveMoney(state, payment, turn);
    }
    case 'changed': {
      const changed = text(item.payload, 'paymentIntent');
      return changed === null ? state : lookAt(state, turn, changed);
    }
    case 'underWay':
      return toUnderWay(state, checkout, turn);
    case 'expired':
      return linkEnded(state, checkout, turn);
    default:
      return checkout === null ? someMoneyFailed(state, turn) : moneyFailed(state, checkout, turn);
  }
}

/** What a message says of money; null where it says nothing. A message of before has no currency: it is that of the terms. */
export function paymentOf(payload: MailboxItem['payload'], { terms }: Turn): (Payment & { listMinor: number }) | null {
  const paymentIntent = text(payload, 'paymentIntent');
  const amountMinor = count(payload, 'amountMinor');
  if (paymentIntent === null || amountMinor === null) return null;
  const currency = text(payload, 'currency')?.toUpperCase() ?? terms.currency;
  const listMinor = count(payload, 'listMinor') ?? amountMinor;
  return { paymentIntent, amountMinor, listMinor, ...(currency === terms.currency ? {} : { currency }) };
}

/**
 * Money has come some time ago, as a late report says, or the provider that was asked. What was given back of it meanwhile may have been reported
 * while it was not known here, so it is looked at.
 */
export function findMoney(
  state: EnrollmentState,
  payment: Payment & { listMinor: number },
  turn: Turn,
): EnrollmentState {
  const received = receiveMoney(state, payment, turn);
  const mayHaveGone = received !== state && payment.amountMinor > 0;
  return mayHaveGone ? lookAt(received, turn, payment.paymentIntent) : received;
}

/** Money has come. The same payment reported twice is one payment. */
function receiveMoney(
  state: EnrollmentState,
  { listMinor, ...payment }: Payment & { listMinor: number },
  turn: Turn,
): EnrollmentState {
  const { money } = state;
  if (money.received.some((known) => known.paymentIntent === payment.paymentIntent)) return state;
  const received: EnrollmentState = { ...state, money: { ...money, received: [...money.received, payment] } };
  const problem = whyNot(state, payment, listMinor, turn);
  if (problem !== null) return surplus(received, payment, problem, turn);
  const accepted: EnrollmentState = {
    ...received,
    openCheckout: null,
    money: { ...received.money, accepted: payment, hasFailed: false },
  };
  if (state.stage.kind !== 'payment') return accepted;
  const { amountMinor } = payment;
  const discounted = amountMinor === turn.terms.priceMinor ? {} : { priceMinor: turn.terms.priceMinor };
  leave(accepted, turn, 'done', { amountMinor, ...discounted });
  return toConfirming(accepted, turn);
}

/**
 * Why money does not pay for the seat, in words for the learner; null where it does. It pays while the seat is held for it, after the
 * hold was over, and where a rewind went back behind the payment, unless the learner or an operator wanted to leave. The price is compared
 * before discounts and taxes of the provider: those are the school's own.
 */
function whyNot(state: EnrollmentState, { currency }: Payment, listMinor: number, turn: Turn): string | null {
  const { stage, money, wish } = state;
  const { terms, now } = turn;
  if (money.accepted !== null) return 'the seat was paid for already';
  if (wish !== null || !turn.takesMoney(stage)) return 'nothing was due any more';
  if (isOver(terms, now)) return 'the course run has ended';
  if (currency !== undefined) return 'the price is in another currency';
  return listMinor === terms.priceMinor ? null : 'the price is another amount';
}

const surplusLine = { step: 'surplus', kind: 'payment', title: 'Money received' } as const;

/** Gives money back at once and says so. A learner whose seat is held gets a new link: the checkout of this one is used up. */
function surplus(state: EnrollmentState, payment: Payment, problem: string, turn: Turn): EnrollmentState {
  const next = visitStep(state, surplusLine.step);
  const { amountMinor, currency = turn.terms.currency } = payment;
  const detail = { amountMinor, currency, reason: problem, isGivenBack: true };
  line(turn, { ...surplusLine, visit: next.visit }, 'done', { detail });
  const refunded = refund(next.state, turn, { ...payment, reason: `Money that paid for no seat: ${problem}` });
  if (amountMinor === 0) return refunded;
  const mail = moneyBackMail(turn.terms, { amountMinor, currency, problem });
  const told = sendMail(refunded, turn, 'money-back-mail', 'Mail: money comes back', mail);
  return newLink(told, problem, turn);
}
