import type { SeatPurpose } from '../../contracts/courses/enrollment.ts';

/** One seat that is taken: kept for a payment, kept for an offer's answer, or a participant's for good. */
export type Place = {
  enrollmentId: string;
  learnerId: string;
  kind: 'hold' | 'offer' | 'confirmed';
  expiresAt: string | null;
};

/** One learner in the queue; `seq` rises with the time of joining, a higher `priority` goes before it. */
export type Waiting = { enrollmentId: string; learnerId: string; seq: number; priority: number };

/** The seats of one course run as its ledger has them, its queue in order. `held` counts holds and offers; `overbook` seats are an admin's to give. */
export type SeatFacts = {
  capacity: number;
  overbook: number;
  waitlistCapacity: number;
  held: number;
  confirmed: number;
  places: Place[];
  queue: Waiting[];
};

/**
 * The result of a request for a seat: the learner's own again, a free one, that of an earlier enrollment of theirs, a place in the queue, or
 * nothing.
 */
export type SeatDecision = 'keep' | 'hold' | 'takeOver' | 'wait' | 'full' | 'lost';

/** Seats that are free; an offer takes one while it lives. */
export function freeSeats(facts: Pick<SeatFacts, 'capacity' | 'overbook' | 'held' | 'confirmed'>): number {
  return Math.max(facts.capacity + facts.overbook - facts.held - facts.confirmed, 0);
}

/**
 * Whether a learner gets a seat. No one jumps the queue: a free seat is taken directly only when the queue is empty. Asking
 * again keeps what the learner has; a hold, and an offer that they could not answer yet, begin anew. An offer is taken up only by an answer from
 * before its end (`now` is that instant); money that came late never queues. A learner who comes again, after a completion for instance, goes on in
 * the seat that they still have: one person, one seat. A course run that has ended
 * (`isOver`) gives nothing more.
 */
export function decideSeat(
  facts: SeatFacts,
  request: { enrollmentId: string; learnerId: string; purpose: SeatPurpose; now: string; isOver?: boolean },
): SeatDecision {
  const own = facts.places.find((place) => place.enrollmentId === request.enrollmentId);
  if (request.purpose === 'acceptOffer') {
    if (own?.kind === 'offer') return isOver(own, request.now) ? 'lost' : 'hold';
    return own ? 'keep' : 'lost';
  }
  const isQueued = facts.queue.some((entry) => entry.enrollmentId === request.enrollmentId);
  if (request.purpose === 'request' && own && own.kind !== 'confirmed') return 'hold';
  if (own || (isQueued && request.purpose === 'request')) return 'keep';
  if (request.isOver) return 'full';
  if (facts.places.some(({ learnerId }) => learnerId === request.learnerId)) return 'takeOver';
  if (freeSeats(facts) > 0 && facts.queue.length === 0) return 'hold';
  return request.purpose === 'request' && facts.queue.length < facts.waitlistCapacity ? 'wait' : 'full';
}

/** A queue in the order in which it is offered free seats: the highest priority first, then the earliest. */
export function inOrder<W extends Waiting>(queue: readonly W[]): W[] {
  return queue.toSorted((a, b) => b.priority - a.priority || a.seq - b.seq);
}

/**
 * What is wrong with a course run's seats, in words; empty when all is right. `graceMs` is how late an expired hold may still
 * stand, because the sweeper comes at intervals. The first five rules are those of mod_booking's audit of its own bookings.
 */
export function seatProblems(facts: SeatFacts, at: { now: string; graceMs: number }): string[] {
  const problems: string[] = [];
  const note = (isWrong: boolean, problem: string): void => {
    if (isWrong) problems.push(problem);
  };
  const confirmed = facts.places.filter((place) => place.kind === 'confirmed').length;
  const held = facts.places.length - confirmed;
  note(facts.held !== held, `${facts.held} seats are counted as held, ${held} are`);
  note(facts.confirmed !== confirmed, `${facts.confirmed} seats are counted as confirmed, ${confirmed} are`);
  const seats = facts.capacity + facts.overbook;
  note(held + confirmed > seats, `${held + confirmed} seats are taken of ${seats}`);
  note(
    facts.queue.length > facts.waitlistCapacity,
    `${facts.queue.length} wait in a queue of ${facts.waitlistCapacity}`,
  );
  for (const learnerId of learnersTwice(facts)) problems.push(`Learner ${learnerId} is there more than once`);
  for (const place of facts.places) {
    const isLate = place.expiresAt !== null && Date.parse(place.expiresAt) + at.graceMs < Date.parse(at.now);
    note(isLate, `The ${place.kind} of ${place.enrollmentId} ended at ${place.expiresAt ?? ''}`);
    note(
      (place.kind === 'confirmed') !== (place.expiresAt === null),
      `The ${place.kind} of ${place.enrollmentId} ends wrongly`,
    );
  }
  note(seats > held + confirmed && facts.queue.length > 0, `A seat is free while ${facts.queue.length} wait`);
  return problems;
}

function learnersTwice(facts: SeatFacts): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { learnerId } of [...facts.places, ...facts.queue]) {
    if (seen.has(learnerId)) twice.add(learnerId);
    seen.add(learnerId);
  }
  return twice;
}

function isOver(place: Place, now: string): boolean {
  return place.expiresAt !== null && Date.parse(place.expiresAt) <= Date.parse(now);
}
