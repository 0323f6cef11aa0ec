import type { JsonObject } from '../core/machine.ts';

/** A learner asks for a place: slugs of the course and its run, and the contact's `externalId`. */
export type EnrollmentRequest = { course: string; run: string; contact: string };

/** What the learner says to an offered seat. */
export type OfferAnswer = { answer: 'accept' | 'decline' };

/** The learner wants to leave; `reason` is shown to the person who decides about the refund. */
export type WithdrawRequest = { reason: string };

/** What a learner did, in the verbs of xAPI and cmi5 that count here. */
export type ProgressVerb = 'started' | 'progressed' | 'passed' | 'failed' | 'completed' | 'waived';

/**
 * One piece of learning. `id` is the source's own and unique in the workspace: the same one twice counts once.
 * `scorePercent` is of the work reported, `progressPercent` of the whole course so far; both in steps of 0.01.
 */
export type ProgressEvent = {
  id: string;
  enrollment: string;
  verb: ProgressVerb;
  scorePercent?: number;
  progressPercent?: number;
  occurredAt: string;
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
  code: 'paid' | 'blocked' | 'fullRefund' | 'proRata' | 'nothingLeft' | 'fee';
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

/**
 * The params of each action of an enrollment. `key` makes the action happen once at the provider: it is stable over
 * retries, and when the action is asked for again under another visit.
 */
export type EnrollmentParams = {
  checkEligibility: Record<never, never>;
  takeSeat: { purpose: SeatPurpose };
  createCheckout: { key: string; amountMinor: number; currency: string; description: string; expiresAt: string };
  /** Ends every checkout of the enrollment that can still be paid; `checkout` is the action that made the last one. */
  expireCheckout: { checkout: string };
  confirmSeat: Record<never, never>;
  /** Releases the seat, the offer or the place in the queue, and offers a freed seat to the queue's head. */
  releaseSeat: { reason: string };
  quoteRefund: { asOf: string; facts: QuoteFacts };
  refundPayment: { key: string; paymentIntent: string; amountMinor: number; currency: string; reason: string };
  addCrmNote: { note: string };
};

/** The output of each action; an effect's output also has the ledger's `state`, hence no field here has that name. */
export type EnrollmentOutputs = {
  checkEligibility: { isEligible: boolean; missing: string[] };
  takeSeat: SeatAnswer;
  createCheckout: { checkoutId: string; url: string };
  expireCheckout: { checkout: 'expired' | 'none' } | { checkout: 'paid'; paymentIntent: string; amountMinor: number };
  confirmSeat: { seat: 'confirmed' | 'lost' };
  releaseSeat: { isReleased: boolean };
  quoteRefund: RefundQuote;
  refundPayment: { refundId: string };
  addCrmNote: JsonObject;
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
  payment: 'none' | 'pending' | 'failed' | 'paid' | 'refundDue' | 'partlyRefunded' | 'refunded';
  access: 'none' | 'full' | 'revoked';
};

/** How an enrollment ended. */
export type EnrollmentOutcome =
  | 'completed'
  | 'lapsed'
  | 'ineligible'
  | 'full'
  | 'waitlistClosed'
  | 'offerExpired'
  | 'offerDeclined'
  | 'holdExpired'
  | 'paymentUnavailable'
  | 'noSeatLeft'
  | 'withdrawn'
  | 'cancelled'
  | 'failed';
