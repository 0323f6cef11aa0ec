import type { EnrollmentTerms, QuoteFacts } from '../../../contracts/courses/enrollment.ts';
import type { EnrollmentState } from '../state.ts';

/** What a quote for this enrollment is made from, as things are. */
export function quoteFacts(state: EnrollmentState, terms: EnrollmentTerms): QuoteFacts {
  return {
    paidMinor: state.money.accepted?.amountMinor ?? 0,
    currency: terms.currency,
    zone: terms.zone,
    enrolledAt: state.enrolledAt,
    startsAt: terms.startsAt,
    progressBasisPoints: state.progress.basisPoints,
    isCompleted: state.progress.isCompleted,
    isPassed: state.progress.isPassed,
  };
}
