import type { ActionParams } from '../../contracts/core/actions.ts';
import type { Dates } from './dates/dates.ts';
import type { FoundDispute } from '../../contracts/courses/actions.ts';
import type {
  EnrollmentFacets,
  EnrollmentOutcome,
  QuoteFacts,
  RefundQuote,
  SeatPurpose,
} from '../../contracts/courses/enrollment.ts';

/** Everything an enrollment remembers between turns: plain JSON, stored with every turn. */
export type EnrollmentState = {
  stage: Stage;
  facets: EnrollmentFacets;
  isPaused: boolean;
  /** When the pause began; a state of before has none. */
  pausedSince?: string;
  enrolledAt: string;
  /** What the seat ledger last said; `released` once a seat, an offer or a place in the queue was released. */
  seat: 'none' | 'waitlisted' | 'offered' | 'held' | 'confirmed' | 'released';
  /** The id of the action that makes the checkout that may still be paid. */
  openCheckout: { perform: string; since: string } | null;
  /** When an offer ends that was received and not yet put to the learner. */
  offerExpiresAt: string | null;
  money: Money;
  progress: Progress;
  /** How it had ended before news of money came again; until it has a seat again it counts as ended. */
  afterEnd?: Ending;
  /** The dates of the course run that the learner knows from the last mail about moved ones; none where there was none yet. */
  datesSent?: Dates;
  /** The leave request that is carried out as soon as no seat action is in flight. */
  wish: LeaveRequest | null;
  /** The side tasks: actions that go on beside the stage. */
  errands: SideTask[];
  /** The last mail that said what the learner may do in this stage: when it was asked for, and when it was sent. */
  lastMail?: { askedAt: string; sentAt: string };
  /** Mails that were awaited in a stage and may have arrived or not; a state of before has none. */
  unknownMails?: AwaitedMail[];
  /** How often each step was visited. */
  visits: Readonly<Record<string, number>>;
};

/**
 * Where the enrollment stands, with what that stage alone needs. `visit` is that of the step it shows; `answeredAt` when the offer was accepted
 * for which the seat is asked.
 */
export type Stage =
  | { kind: 'eligibility'; visit: number }
  | { kind: 'seating'; visit: number; purpose: SeatPurpose; answeredAt?: string }
  | { kind: 'waitlisted'; visit: number; until: string | null }
  | { kind: 'offered'; visit: number; expiresAt: string }
  | PaymentStage
  | { kind: 'confirming'; visit: number }
  | { kind: 'learning'; visit: number; isWelcomed: boolean }
  | { kind: 'quoting'; visit: number; asOf: string; reason: string; facts: QuoteFacts }
  | { kind: 'deciding'; visit: number; dueAt: string; reason: string; quote: RefundQuote; problem: string | null }
  | ClosingStage
  | { kind: 'ended'; ending: Ending };

/**
 * The seat is held until `expiresAt`. `isMade`: the checkout is there. With `underWayUntil` the money is on its way and the
 * seat kept until then: the seat ledger is asked for it (`keep`), and the provider is asked at times (`look`). `unsentSince`: the end of the first hold
 * whose link could not be mailed. A stage of before knows none of these.
 */
export type PaymentStage = {
  kind: 'payment';
  visit: number;
  expiresAt: string;
  isMade: boolean;
  underWayUntil?: string;
  /** The end of the hold that the link was asked for with, where a person has given more time since. */
  linkedUntil?: string;
  keep?: { visit: number; until: string };
  look?: { visit: number; at: string; isOpen: boolean };
  unsentSince?: string;
};

/** The name of a stage. */
export type StageKind = Stage['kind'];

/** The stage called `K`. */
export type StageOf<K extends StageKind> = Extract<Stage, { kind: K }>;

/**
 * What is undone and settled before the end: `acts` one after the other, refunds beside them, then the mail that says so.
 */
export type ClosingStage = {
  kind: 'closing';
  visit: number;
  ending: Ending;
  acts: ClosingAct[];
  /** An act that failed for good and waits for a person. */
  isStuck: boolean;
  watchUntil: string | null;
  isTold: boolean;
};

/** One thing to undo: `watch` waits for money that may still come because the checkout could not be ended. */
export type ClosingAct = 'expireCheckout' | 'release' | 'watch';

/** How it ends, and why in words. */
export type Ending = { outcome: EnrollmentOutcome; reason: string };

/** A learner's request to leave, or an operator's to end the enrollment. */
export type LeaveRequest = { kind: 'withdraw' | 'exit'; reason: string; at: string };

/**
 * The money of one enrollment, in minor units. `accepted` is the payment that the seat stands on. `underWaySince`: money was on its way, and
 * the seat is kept for that once.
 */
export type Money = {
  accepted: Payment | null;
  received: Payment[];
  refunded: Refunded[];
  hasFailed: boolean;
  underWaySince?: string;
  /** Of payments whose payer's bank took the money back, or asked about it; a state of before has none. */
  disputes?: Disputed[];
};

/**
 * Money that was given back. `refundId` is the provider's, as soon as a look has shown it; `tryNumber` is left out where it is 1.
 * `isElsewhere`: made at the provider, not here. `isSettled`: a person said so after the provider had refused it. `isVoid`: the bank returned
 * it, so it counts no more.
 */
export type Refunded = Payment & {
  refundId?: string;
  tryNumber?: number;
  isElsewhere?: true;
  isSettled?: true;
  isVoid?: true;
};

/** A dispute as it was last seen at the provider; `visit` is that of its line. */
export type Disputed = FoundDispute & { paymentIntent: string; visit: number };

/** An amount of one payment. Without a currency, as in a state of before, it is in that of the terms. */
export type Payment = { paymentIntent: string; amountMinor: number; currency?: string };

/** What the learner has done; progress in hundredths of a percent, and it never falls. */
export type Progress = { basisPoints: number; isPassed: boolean; isCompleted: boolean; isWaived: boolean };

/** An action beside the stage: a mail, a CRM note, a look at a payment, or a refund; a refund that failed for good is `stuck`. */
export type SideTask =
  | {
      kind: 'mail';
      step: string;
      visit: number;
      title: string;
      params: ActionParams<'sendMessage'>;
      /** A state of before does not know it. */
      askedAt?: string;
    }
  | { kind: 'note'; step: string; visit: number; title: string; params: ActionParams<'addCrmNote'> }
  | { kind: 'look'; step: string; visit: number; title: string; paymentIntent: string }
  | {
      kind: 'refund';
      step: string;
      visit: number;
      title: string;
      paymentIntent: string;
      amountMinor: number;
      /** Without one, as in a state of before, that of the terms. */
      currency?: string;
      reason: string;
      /** Which try at the provider this is; a new one only after the last was refused and a person said so. */
      tryNumber: number;
      isStuck: boolean;
    };

/** A mail without which the learner cannot go on in a stage. */
export type AwaitedMail = Extract<SideTask, { kind: 'mail' }> & { awaitedIn: { stage: StageKind; visit: number } };

/** Money to refund. */
export type Refund = Extract<SideTask, { kind: 'refund' }>;

/** The state before anything has happened. */
export function newEnrollment(now: string): EnrollmentState {
  return {
    stage: { kind: 'eligibility', visit: 1 },
    facets: { lifecycle: 'requested', payment: 'none', access: 'none' },
    isPaused: false,
    enrolledAt: now,
    seat: 'none',
    openCheckout: null,
    offerExpiresAt: null,
    money: { accepted: null, received: [], refunded: [], hasFailed: false },
    progress: { basisPoints: 0, isPassed: false, isCompleted: false, isWaived: false },
    wish: null,
    errands: [],
    visits: { eligibility: 1 },
  };
}
