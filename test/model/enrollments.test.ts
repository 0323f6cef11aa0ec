import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { propertyRuns, unlimited } from '../support/properties.ts';
import '../support/quiet-runtime.ts';
import { createClockedDatabase, type ClockedDatabase } from './clock.ts';
import { type EnrollmentHistory, enrollmentHistories, type EnrollmentMoment } from './enrollment-history.ts';
import { createEnrollmentWorld, type EnrollmentWorld } from './enrollment-world.ts';
import { storiesOf } from './enrollments-expected.ts';

let database: ClockedDatabase;
let world: EnrollmentWorld;
beforeAll(async () => {
  database = await createClockedDatabase();
  world = createEnrollmentWorld(database);
});
afterAll(() => database?.stop());

const asked: EnrollmentMoment[] = [
  { kind: 'request', at: 0, who: 'ana' },
  { kind: 'request', at: 1, who: 'ben' },
  { kind: 'request', at: 2, who: 'cleo' },
];
const history = (...moments: EnrollmentMoment[]): EnrollmentHistory => {
  return { capacity: 1, places: 2, dates: { startsAt: null, endsAt: null }, moments: [...asked, ...moments] };
};

/** What random histories seldom have; each with how it ends for the three who asked. */
const rare: Readonly<Record<string, [EnrollmentHistory, string[]]>> = {
  'an offer that is accepted in time, which a worker reads after its end': [
    history(
      { kind: 'down', at: 50 },
      { kind: 'accept', at: 70, who: 'ben' },
      { kind: 'up', at: 200 },
      { kind: 'pay', at: 240, who: 'ben' },
      { kind: 'report', at: 400, of: 6 },
    ),
    ['holdExpired', 'in', 'in'],
  ],
  'an offer that is accepted and then declined while nothing works': [
    history(
      { kind: 'down', at: 50 },
      { kind: 'accept', at: 60, who: 'ben' },
      { kind: 'decline', at: 61, who: 'ben' },
      { kind: 'up', at: 65 },
    ),
    ['holdExpired', 'withdrawn', 'offerExpired'],
  ],
  'an offer that ends in a pause, so that no mail about it was sent': [
    history({ kind: 'pause', at: 4, who: 'ben' }),
    ['holdExpired', 'holdExpired', 'offerExpired'],
  ],
  'a debit that bounces after the seat was kept for it beyond the hold': [
    history(
      { kind: 'debit', at: 10, who: 'ana', isReported: true },
      { kind: 'bounce', at: 80, of: 3 },
      { kind: 'accept', at: 90, who: 'ben' },
      { kind: 'pay', at: 100, who: 'ben' },
      { kind: 'report', at: 101, of: 6 },
    ),
    ['holdExpired', 'in', 'in'],
  ],
  'a debit of which nothing is reported until it bounces, and a card after that': [
    history(
      { kind: 'debit', at: 10, who: 'ana', isReported: false },
      { kind: 'bounce', at: 20, of: 3 },
      { kind: 'pay', at: 30, who: 'ana' },
      { kind: 'report', at: 31, of: 5 },
      { kind: 'grow', at: 40 },
      { kind: 'shrink', at: 41 },
    ),
    ['in', 'offerExpired', 'offerExpired'],
  ],
  'a debit that settles after its learner has left': [
    history(
      { kind: 'debit', at: 10, who: 'ana', isReported: true },
      { kind: 'withdraw', at: 20, who: 'ana' },
      { kind: 'settle', at: 90, of: 3 },
    ),
    ['withdrawn', 'offerExpired', 'offerExpired'],
  ],
  'a payment that nobody reports, of which some was given back before it was asked about': [
    history(
      { kind: 'pay', at: 10, who: 'ana' },
      { kind: 'payBack', at: 12, who: 'ana', cents: 4_000 },
      { kind: 'report', at: 13, of: 4 },
      { kind: 'withdraw', at: 60, who: 'ana' },
    ),
    ['withdrawn', 'offerExpired', 'offerExpired'],
  ],
  'a refund that the bank returns after the end, and that is made again': [
    history(
      { kind: 'pay', at: 10, who: 'ana' },
      { kind: 'report', at: 11, of: 3 },
      { kind: 'withdraw', at: 20, who: 'ana' },
      { kind: 'decide', at: 21, who: 'ana', isYes: true },
      { kind: 'return', at: 90, who: 'ana' },
      { kind: 'report', at: 95, of: 7 },
      { kind: 'decide', at: 99, who: 'ana', isYes: true },
    ),
    ['withdrawn', 'offerExpired', 'offerExpired'],
  ],
  'money that comes after the end by a second debit, while the seat is still free': [
    {
      ...history(
        { kind: 'debit', at: 5, who: 'ana', isReported: true },
        { kind: 'bounce', at: 15, of: 3 },
        { kind: 'debit', at: 16, who: 'ana', isReported: true },
        { kind: 'settle', at: 130, of: 5 },
      ),
      capacity: 3,
    },
    ['in', 'holdExpired', 'holdExpired'],
  ],
  'a dispute that is open when its learner leaves, and that the school wins': [
    history(
      { kind: 'pay', at: 10, who: 'ana' },
      { kind: 'report', at: 11, of: 3 },
      { kind: 'dispute', at: 20, who: 'ana', isInquiry: false },
      { kind: 'report', at: 21, of: 5 },
      { kind: 'withdraw', at: 30, who: 'ana' },
      { kind: 'rule', at: 200, who: 'ana', isWon: true },
      { kind: 'report', at: 210, of: 8 },
    ),
    ['withdrawn', 'offerExpired', 'offerExpired'],
  ],
  'a payment that is reported after the learner has left': [
    history(
      { kind: 'pay', at: 10, who: 'ana' },
      { kind: 'withdraw', at: 11, who: 'ana' },
      { kind: 'report', at: 30, of: 3 },
    ),
    ['withdrawn', 'offerExpired', 'offerExpired'],
  ],
};

it.each(Object.entries(rare))('comes out as it should with %s', unlimited, async (_, [rarely, ends]) => {
  const stories = await world.play(rarely);
  expect(stories).toEqual(storiesOf(rarely));
  expect(stories.map(({ end }) => end)).toEqual(ends);
});

it('gives the seats, mails and money that a clerk with a list of seats would', unlimited, async () => {
  await fc.assert(
    fc.asyncProperty(enrollmentHistories, async (drawn) => {
      expect(await world.play(drawn)).toEqual(storiesOf(drawn));
    }),
    { numRuns: propertyRuns },
  );
});
