import { refundsOf } from '../side-tasks.ts';
import type { EnrollmentState } from '../state.ts';

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
