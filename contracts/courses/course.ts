/**
 * When a learner has finished, in the words of cmi5's `moveOn`. With `passingScorePercent` a `passed` counts only if its
 * score reaches it; a `waived` counts as both.
 */
export type Completion = {
  moveOn: 'completed' | 'passed' | 'completedAndPassed' | 'completedOrPassed';
  passingScorePercent?: number;
};

/** A course as it is written. `prerequisites` are slugs of courses that a learner must have completed before. */
export type CourseInput = { title: string; prerequisites: string[]; completion: Completion };

/**
 * One row of a pro-rata table: up to and including `upToPercent` of the course done, `refund` is what comes back, as a
 * percentage of what was paid; `unused` means 100 % less the part that was done.
 */
export type ProRataRow = { upToPercent: number; refund: 'unused' | number };

/**
 * What a learner who withdraws gets back. Until `fullRefundWithin` after the anchor, inclusive, all of it; then by the first
 * row of `proRata` that reaches the learner's progress; above the last row nothing. `anchor` is the enrollment, the start of
 * the course run (the enrollment where it has none) or the later of both. A blocker (what the
 * learner has reached) that applies leaves nothing. The fee is
 * kept back from the refunds it is on, never more than the refund. `source` says where the rule is written; `version` rises
 * with every change. Days are calendar days in the course run's zone. A person decides within `decideWithin`; then the
 * quote counts as approved.
 */
export type WithdrawalPolicy = {
  version: number;
  source: string;
  anchor: 'enrollment' | 'start' | 'laterOfBoth';
  fullRefundWithin: string;
  proRata: ProRataRow[];
  blockers: ('completed' | 'passed')[];
  fee: { amountMinor: number; on: 'full' | 'proRata' | 'both' };
  decideWithin: string;
};

/**
 * A course run as it is written: a cohort with seats. `capacity` seats; `waitlistCapacity` people may wait, 0 for no
 * waitlist; a price of 0 needs no payment. `holdFor` is how long a seat is kept for the payment, `offerFor` how long a freed
 * seat is kept for the one it was offered to, both ISO-8601. Without `startsAt` it is open at once and self-paced; without
 * `endsAt` it never ends.
 */
export type CourseRunInput = {
  title: string;
  capacity: number;
  waitlistCapacity: number;
  priceMinor: number;
  currency: string;
  holdFor: string;
  offerFor: string;
  zone: string;
  startsAt?: string;
  endsAt?: string;
  withdrawal: WithdrawalPolicy;
};

/** What an enrollment was promised when it was requested; later changes of the course run do not touch it. */
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
};
