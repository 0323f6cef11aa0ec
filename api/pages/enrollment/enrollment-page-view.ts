import type { EnrollmentTerms, RefundQuote } from '../../../contracts/courses/enrollment.ts';
import { outcomeWords } from '../../../domain/courses/ending-words.ts';
import type { ReceiptLine } from '../../../platform/db/courses/receipt.ts';
import { type EnrollmentView, isStopped } from '../../../platform/db/views/enrollments-list.ts';

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
  const { seat_kind: kind, seat_expires_at: until } = enrollment;
  return isLive(enrollment) && kind === 'offer' && (until === null || until > now);
}

/** Whether the learner can leave. */
export function canLeave({ enrollment }: EnrollmentPage): boolean {
  const { lifecycle } = enrollment;
  return isLive(enrollment) && lifecycle !== 'withdrawing' && lifecycle !== 'closing';
}

/** Whether a withdrawal can be taken back. */
export function canStay({ enrollment }: EnrollmentPage): boolean {
  return isLive(enrollment) && enrollment.lifecycle === 'withdrawing' && enrollment.gate_id !== null;
}

/** Whether the seat can be paid for here. */
export function canPay({ enrollment }: EnrollmentPage): boolean {
  const { lifecycle, payment, checkout_url: url } = enrollment;
  return isLive(enrollment) && lifecycle === 'awaitingPayment' && payment !== 'underWay' && url !== null;
}

const stopped = 'Your enrollment is stopped for now. Please write to the school.';

/** Why what a learner wanted was not taken, in words for them, by the code of the refusal. */
export function refusalWords(code: string): string {
  switch (code) {
    case 'enrollment.stopped':
      return stopped;
    case 'enrollment.ended':
      return 'That is not possible any more: your enrollment has ended.';
    case 'enrollment.offerOver':
      return 'The time to answer the offer is over.';
    case 'enrollment.noOffer':
      return 'There is no offer to answer any more. This is how it stands now.';
    case 'enrollment.notLeaving':
      return 'There is no withdrawal to take back any more. This is how it stands now.';
    default:
      return 'That is not possible now. This is how it stands.';
  }
}

/** Where the enrollment stands, in words for the learner. */
export function standing({ enrollment }: EnrollmentPage): string {
  const { lifecycle, payment, position, outcome } = enrollment;
  if (isStopped(enrollment)) return stopped;
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
      return endedText(outcome);
  }
}

function endedText(outcome: string | null): string {
  const why = outcome === null ? null : outcomeWords(outcome);
  return why === null ? 'Your enrollment has ended.' : `Your enrollment has ended: ${why}.`;
}

function isLive(enrollment: EnrollmentView): boolean {
  return enrollment.ended_at === null && !isStopped(enrollment);
}
