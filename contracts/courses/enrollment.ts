import type { Completion, WithdrawalPolicy } from './course.schema.ts';

/**
 * What an enrollment was promised when it was requested; later changes of the course run do not touch it. Its zone and dates alone are facts of
 * the course run: a turn goes by those that hold then.
 */
export type EnrollmentTerms = {
  courseTitle: string;
  runTitle: string;
  completion: Completion;
  priceMinor: number;
  currency: string;
  zone: string;
  startsAt: string | null;
  endsAt: string | null;
  withdrawal: WithdrawalPolicy;
  /** The address of the learner's own page, which mails name. A turn has it; it is not stored with the enrollment. */
  pageUrl?: string;
};

/** Why a seat is wanted: at first, to turn one's offer into a hold, or for money that came after the hold was over. */
export type SeatPurpose = 'request' | 'acceptOffer' | 'latePayment';

/**
 * What `takeSeat` came to. Asking again while one has a seat or a place in the queue gives that. `lost` answers
 * `acceptOffer` when the offer is over. `latePayment` never queues: it is `held` or `full`.
 */
export type SeatAnswer =
  { seat: 'held'; expiresAt: string } | { seat: 'waitlisted'; position: number } | { seat: 'full' } | { seat: 'lost' };

/** One line of a refund quote: words for a person and what they are worth; a deduction is negative. */
export type QuoteLine = {
  code: 'paid' | 'blocked' | 'fullRefund' | 'proRata' | 'nothingLeft' | 'fee' | 'goneSince';
  reason: string;
  amountMinor: number;
};

/** What a withdrawal refunds under one version of the policy. `retainedMinor + refundMinor` is what was paid. */
export type RefundQuote = {
  policyVersion: number;
  asOf: string;
  currency: string;
  paidMinor: number;
  refundMinor: number;
  retainedMinor: number;
  lines: QuoteLine[];
};

/** What a quote is made from. Progress is in hundredths of a percent: 6,000 is 60 %. */
export type QuoteFacts = {
  paidMinor: number;
  currency: string;
  zone: string;
  enrolledAt: string;
  startsAt: string | null;
  progressBasisPoints: number;
  isCompleted: boolean;
  isPassed: boolean;
};

/** Where an enrollment stands: three things that change independently, never one flag. */
export type EnrollmentFacets = {
  lifecycle:
    | 'requested'
    | 'waitlisted'
    | 'offered'
    | 'awaitingPayment'
    | 'confirming'
    | 'active'
    | 'withdrawing'
    | 'closing'
    | 'ended';
  payment:
    | 'none'
    | 'pending'
    | 'underWay'
    | 'failed'
    | 'paid'
    | 'refundDue'
    | 'partlyRefunded'
    | 'refunded'
    | 'disputed'
    | 'chargedBack';
  access: 'none' | 'full' | 'suspended' | 'revoked';
};

/** How an enrollment ended. */
export type EnrollmentOutcome =
  | 'completed'
  | 'lapsed'
  | 'ineligible'
  | 'full'
  | 'waitlistClosed'
  | 'courseRunEnded'
  | 'offerExpired'
  | 'offerDeclined'
  | 'holdExpired'
  | 'paymentUnavailable'
  | 'noSeatLeft'
  | 'withdrawn'
  | 'cancelled'
  | 'failed';
