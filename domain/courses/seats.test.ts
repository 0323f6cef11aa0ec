import { describe, expect, it } from 'vitest';
import { decideSeat, freeSeats, inOrder, seatProblems, type SeatFacts } from './seats.ts';

const now = '2026-03-01T12:00:00.000Z';
const before = '2026-03-01T11:59:59.000Z';
const after = '2026-03-01T12:00:01.000Z';

const hold = (id: string, expiresAt = after) =>
  ({ enrollmentId: id, learnerId: `l-${id}`, kind: 'hold', expiresAt }) as const;
const offer = (id: string, expiresAt = after) => ({ ...hold(id, expiresAt), kind: 'offer' }) as const;
const confirmed = (id: string) => ({ ...hold(id), kind: 'confirmed', expiresAt: null }) as const;
const waits = (id: string, seq: number, priority = 0) => ({ enrollmentId: id, learnerId: `l-${id}`, seq, priority });

/** Two seats, room for two in the queue. */
function facts(changes: Partial<SeatFacts> = {}): SeatFacts {
  const places = changes.places ?? [];
  const count = places.filter((place) => place.kind === 'confirmed').length;
  return {
    capacity: 2,
    overbook: 0,
    waitlistCapacity: 2,
    held: places.length - count,
    confirmed: count,
    queue: [],
    ...changes,
    places,
  };
}

describe('who gets a seat', () => {
  const decide = (given: SeatFacts, purpose: 'request' | 'acceptOffer' | 'latePayment' = 'request') =>
    decideSeat(given, { enrollmentId: 'me', learnerId: 'l-me', purpose, now });

  it.each([
    ['a free seat, and nobody waits', facts({ places: [hold('a')] }), 'hold'],
    ['an admin gave another seat', facts({ places: [hold('a'), confirmed('b')], overbook: 1 }), 'hold'],
    ['all are taken', facts({ places: [hold('a'), offer('b')] }), 'wait'],
    [
      'a seat is free, but another learner waits for it',
      facts({ places: [hold('a')], queue: [waits('b', 1)] }),
      'wait',
    ],
    ['the queue is full too', facts({ places: [hold('a'), hold('b')], queue: [waits('c', 1), waits('d', 2)] }), 'full'],
    ['there is no queue', facts({ places: [hold('a'), hold('b')], waitlistCapacity: 0 }), 'full'],
    ['one has a seat already', facts({ places: [hold('a'), confirmed('me')] }), 'keep'],
    ['one waits already', facts({ places: [hold('a'), hold('b')], queue: [waits('me', 1), waits('d', 2)] }), 'keep'],
    ['one has a hold that nobody was sent word of', facts({ places: [hold('me', before)] }), 'hold'],
    ['one has an offer that nobody could answer', facts({ places: [offer('me', before)] }), 'hold'],
    [
      'one completed it before and still has that seat (courses F11)',
      facts({ places: [{ ...confirmed('once'), learnerId: 'l-me' }, confirmed('a')], queue: [waits('b', 1)] }),
      'takeOver',
    ],
    ['the course run is closed', facts({ capacity: 0, waitlistCapacity: 0 }), 'full'],
  ])('at first: %s', (_, given, expected) => {
    expect(decide(given)).toBe(expected);
  });

  it.each([
    ['the offer lives', facts({ places: [offer('me')] }), 'hold'],
    ['the offer ends at this instant', facts({ places: [offer('me', now)] }), 'lost'],
    ['the offer is over', facts({ places: [offer('me', before)] }), 'lost'],
    ['the offer is gone', facts({ places: [hold('a')] }), 'lost'],
    ['it was accepted before', facts({ places: [hold('me')] }), 'keep'],
  ])('accepting: %s', (_, given, expected) => {
    expect(decide(given, 'acceptOffer')).toBe(expected);
  });

  it.each([
    ['a seat is free', facts({ places: [hold('a')] }), 'hold'],
    ['one still has it', facts({ places: [hold('me', before), hold('a')] }), 'keep'],
    ['all are taken', facts({ places: [hold('a'), hold('b')] }), 'full'],
    ['others wait for the free one', facts({ places: [hold('a')], queue: [waits('b', 1)] }), 'full'],
  ])('with late money: %s', (_, given, expected) => {
    expect(decide(given, 'latePayment')).toBe(expected);
  });

  it('counts an offer as a taken seat', () => {
    expect(freeSeats(facts({ places: [offer('a')] }))).toBe(1);
    expect(freeSeats(facts({ capacity: 1, places: [offer('a'), confirmed('b')] }))).toBe(0);
  });

  it('offers the next seat by priority, then by time', () => {
    const queue = inOrder([waits('b', 2), waits('a', 1), waits('d', 4, 5), waits('c', 3, 5)]);
    expect(queue.map(({ enrollmentId }) => enrollmentId)).toEqual(['c', 'd', 'a', 'b']);
  });
});

describe('what is wrong with the seats', () => {
  const problems = (given: SeatFacts, graceMs = 0) => seatProblems(given, { now, graceMs });

  it('finds nothing where all is right', () => {
    expect(problems(facts())).toEqual([]);
    const full = facts({ places: [confirmed('a'), offer('b')], queue: [waits('c', 1), waits('d', 2)] });
    expect(problems(full)).toEqual([]);
  });

  it.each([
    ['a counter that drifted', facts({ held: 1 }), '1 seats are counted as held, 0 are'],
    ['a drifted count of participants', facts({ confirmed: 1 }), '1 seats are counted as confirmed, 0 are'],
    ['an overbooked run', facts({ capacity: 1, places: [hold('a'), confirmed('b')] }), '2 seats are taken of 1'],
    [
      'a queue that is too long',
      facts({ waitlistCapacity: 0, places: [hold('a'), hold('b')], queue: [waits('c', 1)] }),
      '1 wait in a queue of 0',
    ],
    ['one learner twice', facts({ places: [hold('a'), confirmed('a')] }), 'Learner l-a is there more than once'],
    ['a hold that is over', facts({ places: [hold('a', before)] }), `The hold of a ended at ${before}`],
    ['a hold without an end', facts({ places: [{ ...hold('a'), expiresAt: null }] }), 'The hold of a ends wrongly'],
    ['an idle seat', facts({ places: [hold('a')], queue: [waits('b', 1)] }), 'A seat is free while 1 wait'],
  ])('names %s', (_, given, problem) => {
    expect(problems(given)).toEqual([problem]);
  });

  it('leaves the sweeper its interval', () => {
    expect(problems(facts({ places: [hold('a', before)] }), 1_000)).toEqual([]);
    expect(problems(facts({ places: [hold('a', before)] }), 999)).toHaveLength(1);
  });
});
