import type { EnrollmentState, Money, Refund } from '../state.ts';

/** What was refunded of the accepted payment, in minor units. */
export function refundedMinor({ money }: Pick<EnrollmentState, 'money'>): number {
  return money.accepted ? gaveBack(money, money.accepted.paymentIntent) : 0;
}

/** How much of a payment is still here, in minor units. */
export function leftOf(money: Money, paymentIntent: string): number {
  const came = money.received.find((payment) => payment.paymentIntent === paymentIntent)?.amountMinor ?? 0;
  return came - gaveBack(money, paymentIntent) - takenBack(money, paymentIntent);
}

/** What was given back of a payment, wherever that was done. */
export function gaveBack({ refunded }: Money, paymentIntent: string): number {
  return refunded
    .filter((each) => each.paymentIntent === paymentIntent && !each.isVoid)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** What the payer's bank has taken of a payment: while a dispute is open, and once it is lost. */
export function takenBack({ disputes = [] }: Money, paymentIntent: string): number {
  return disputes
    .filter((each) => each.paymentIntent === paymentIntent && each.isWithdrawn)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** What the payer's bank holds of a payment until it has decided: it may come back, so it can be owed. */
export function openDisputeOf({ disputes = [] }: Money, paymentIntent: string): number {
  return disputes
    .filter((each) => each.paymentIntent === paymentIntent && each.isWithdrawn && each.state === 'open')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/**
 * Whether a payer's bank holds the money of a payment until it has decided: until then nothing is given back. An inquiry holds none, and to give
 * the money back is what settles it.
 */
export function isDisputed(money: Money, paymentIntent: string): boolean {
  return openDisputeOf(money, paymentIntent) > 0;
}

/** Whether a dispute or an inquiry of any payment waits for an answer. */
export function hasOpenDispute({ disputes = [] }: Money): boolean {
  return disputes.some(({ state }) => state === 'open');
}

/** Whether refunds are still to be done. */
export function owesMoney(state: EnrollmentState): boolean {
  return refundsOf(state).length > 0;
}

/** The refunds that are not done yet. */
export function refundsOf(state: Pick<EnrollmentState, 'errands'>): Refund[] {
  return state.errands.filter((task): task is Refund => task.kind === 'refund');
}
