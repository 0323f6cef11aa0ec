import type { EnrollmentFacets, EnrollmentTerms } from '../../contracts/courses/enrollment.ts';
import { isDisputed, owesMoney, refundedMinor, takenBack } from './money/balances.ts';
import { lifecycleOf } from './stages/stages.ts';
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

/**
 * Open from the confirmed seat on; who completed keeps it; everyone else's ends with the enrollment. While a withdrawal is decided it is what the
 * policy says.
 */
function accessOf({ stage, visits }: EnrollmentState, { withdrawal }: EnrollmentTerms): EnrollmentFacets['access'] {
  if (stage.kind === 'learning') return 'full';
  if (stage.kind === 'quoting' || stage.kind === 'deciding')
    return withdrawal.whileDeciding === 'noAccess' ? 'suspended' : 'full';
  const isOver = stage.kind === 'closing' || stage.kind === 'ended';
  if (!isOver || visits['learning'] === undefined) return 'none';
  return stage.ending.outcome === 'completed' ? 'full' : 'revoked';
}
