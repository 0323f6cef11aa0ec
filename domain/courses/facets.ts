import type { EnrollmentFacets, EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import { isDisputed, owesMoney, refundedMinor, takenBack } from './money/balances.ts';
import { accessOf, lifecycleOf } from './stages/stages.ts';
import type { EnrollmentState } from './state.ts';

/** The three facets of an enrollment, from all that it remembers. */
export function facetsOf(state: EnrollmentState, terms: EnrollmentTerms): EnrollmentFacets {
  return {
    lifecycle: state.afterEnd ? 'ended' : lifecycleOf(state),
    payment: paymentOf(state),
    access: accessOf(state, terms),
  };
}

function paymentOf(state: EnrollmentState): EnrollmentFacets['payment'] {
  const { accepted, received, hasFailed } = state.money;
  if (state.money.received.some(({ paymentIntent }) => isDisputed(state.money, paymentIntent))) return 'disputed';
  if (owesMoney(state)) return 'refundDue';
  if (accepted) {
    if (accepted.amountMinor === 0) return 'paid';
    if (takenBack(state.money, accepted.paymentIntent) > 0) return 'chargedBack';
    const back = refundedMinor(state);
    if (back >= accepted.amountMinor) return 'refunded';
    return back > 0 ? 'partlyRefunded' : 'paid';
  }
  const { stage } = state;
  if (stage.kind === 'payment' && stage.underWayUntil !== undefined) return 'underWay';
  if (state.openCheckout && stage.kind === 'payment') return hasFailed ? 'failed' : 'pending';
  if (received.length > 0) return 'refunded';
  if (!state.openCheckout) return 'none';
  return hasFailed ? 'failed' : 'pending';
}
