import type { EnrollmentTerms, RefundQuote } from '../../../contracts/courses/enrollment.ts';
import { labelOf } from '../../../domain/approvals/content-words.ts';
import type { ReceiptLine } from '../../../platform/db/courses/receipt.ts';
import type { EnrollmentView } from '../../../platform/db/views/enrollments-list.ts';

/** All that a learner's page shows. `quote`: what would come back if they left now; null where nothing was paid or they cannot leave. */
export type EnrollmentPage = {
  workspace: string;
  now: Date;
  enrollment: EnrollmentView;
  terms: EnrollmentTerms;
  receipt: ReceiptLine[];
  quote: RefundQuote | null;
};

/** Whether the offer can be answered now. */
export function isOffered({ enrollment, now }: EnrollmentPage): boolean {
  const { seat_kind: kind, seat_expires_at: until, ended_at: endedAt } = enrollment;
  return endedAt === null && kind === 'offer' && (until === null || until > now);
}

/** Whether the learner can leave. */
export function canLeave({ enrollment: { ended_at: endedAt, lifecycle } }: EnrollmentPage): boolean {
  return endedAt === null && lifecycle !== 'withdrawing' && lifecycle !== 'closing';
}

/** Where the enrollment stands, in words for the learner. */
export function standing({ enrollment }: EnrollmentPage): string {
  const { lifecycle, payment, position, outcome } = enrollment;
  switch (lifecycle) {
    case 'requested':
      return 'Your request is being looked at.';
    case 'waitlisted':
      return position === null ? 'You are in the queue.' : `You are number ${position} in the queue.`;
    case 'offered':
      return 'A seat has become free and is kept for you. Accept or decline it.';
    case 'awaitingPayment':
      return payment === 'underWay'
        ? 'Your payment is under way. There is nothing more to do.'
        : 'A seat is kept for you until it is paid for.';
    case 'confirming':
      return 'Your seat is being confirmed.';
    case 'active':
      return 'You are in.';
    case 'withdrawing':
      return 'You have withdrawn. A person decides about what comes back.';
    case 'closing':
      return 'Your enrollment is coming to its end.';
    default:
      return outcome === null
        ? 'Your enrollment has ended.'
        : `Your enrollment has ended: ${labelOf(outcome).toLowerCase()}.`;
  }
}
