import type { EnrollmentTerms, QuoteFacts } from '../../../contracts/courses/enrollment.ts';
import { openDisputeOf, refundedMinor, takenBack } from '../money/balances.ts';
import type { EnrollmentState } from '../state.ts';

/** What a quote for this enrollment is made from, as things are; what was given back of the payment, or lost, is not quoted again. */
export function quoteFacts(state: EnrollmentState, terms: EnrollmentTerms): QuoteFacts {
  const { accepted } = state.money;
  const lost = accepted
    ? takenBack(state.money, accepted.paymentIntent) - openDisputeOf(state.money, accepted.paymentIntent)
    : 0;
  return {
    paidMinor: accepted ? Math.max(accepted.amountMinor - refundedMinor(state) - lost, 0) : 0,
    currency: terms.currency,
    zone: terms.zone,
    enrolledAt: state.enrolledAt,
    startsAt: terms.startsAt,
    progressBasisPoints: state.progress.basisPoints,
    isCompleted: state.progress.isCompleted,
    isPassed: state.progress.isPassed,
  };
}
