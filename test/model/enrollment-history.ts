import fc from 'fast-check';

/** Those who want a seat; each has an address of their own. */
export const learners = ['ana', 'ben', 'cleo', 'dan'] as const;
export type Learner = (typeof learners)[number];

/**
 * What happens around a course run, at a minute of the history. A `report` says at last what became of the payment of the moment `of`. The money
 * of a `debit` takes its time: it settles or bounces, which is reported; that it is under way is reported only where that says so.
 */
export type EnrollmentMoment =
  | { kind: 'request' | 'pay' | 'refused' | 'accept' | 'decline' | 'withdraw' | 'move'; at: number; who: Learner }
  | { kind: 'debit'; at: number; who: Learner; isReported: boolean }
  | { kind: 'settle' | 'bounce' | 'report'; at: number; of: number }
  | { kind: 'grow' | 'shrink'; at: number }
  | { kind: 'down'; at: number }
  | { kind: 'up'; at: number };

/** A paid course run without dates and what happens around it, in the order of time. */
export type EnrollmentHistory = { capacity: number; places: number; moments: readonly EnrollmentMoment[] };

/** The terms of each course run, in minutes and in cents: a withdrawal gives back all but a fee, and after a while half. */
export const terms = { hold: 45, offer: 30, decide: 50, allWithin: 120, price: 12_000, fee: 1_000, later: 6_000 };

type Drawn = {
  kind: Exclude<EnrollmentMoment['kind'], 'settle' | 'bounce' | 'report' | 'down' | 'up'> | 'outage';
  who: Learner;
  gap: number;
  lag: number;
  again: boolean;
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant('request' as const) },
    { weight: 6, arbitrary: fc.constant('pay' as const) },
    { weight: 4, arbitrary: fc.constantFrom('accept' as const, 'decline' as const) },
    { weight: 5, arbitrary: fc.constantFrom('withdraw' as const, 'outage' as const) },
    { weight: 3, arbitrary: fc.constantFrom('debit' as const, 'grow' as const, 'shrink' as const) },
    { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'move' as const) },
  ),
  who: fc.constantFrom(...learners),
  gap: fc.integer({ min: 1, max: 25 }),
  lag: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90 })),
  again: fc.boolean(),
});

/** Random histories: requests, payments that are reported late and twice, answers, withdrawals and new addresses, also while nothing works. */
export const enrollmentHistories: fc.Arbitrary<EnrollmentHistory> = fc
  .record({
    capacity: fc.integer({ min: 1, max: 2 }),
    places: fc.integer({ min: 0, max: 3 }),
    drawn: fc.array(drawn, { minLength: 3, maxLength: 12 }),
  })
  .map(({ drawn: all, ...run }) => ({ ...run, moments: momentsOf(all) }));

function momentsOf(all: readonly Drawn[]): EnrollmentMoment[] {
  const moments: EnrollmentMoment[] = [];
  const reports: { at: number; of: EnrollmentMoment; kind: 'report' | 'settle' | 'bounce' }[] = [];
  let at = 0;
  let isDown = false;
  for (const { kind, who, gap, lag, again } of all) {
    at += gap;
    if (kind === 'outage') {
      moments.push({ kind: isDown ? 'up' : 'down', at });
      isDown = !isDown;
      continue;
    }
    const moment = momentOf(kind, at, { who, isReported: lag > 20 });
    moments.push(moment);
    if (kind === 'debit') reports.push({ at: at + lag, of: moment, kind: again ? 'bounce' : 'settle' });
    if (kind !== 'pay') continue;
    const report = { at: at + lag, of: moment, kind: 'report' } as const;
    reports.push(report, ...(again ? [{ ...report, at: at + lag + 7 }] : []));
  }
  if (isDown) moments.push({ kind: 'up', at: at + 1 });
  const timed = [...moments, ...reports].toSorted((a, b) => a.at - b.at);
  return timed.map((each) =>
    'of' in each && typeof each.of !== 'number'
      ? { kind: each.kind, at: each.at, of: timed.findIndex((moment) => moment === each.of) }
      : (each as EnrollmentMoment),
  );
}

function momentOf(
  kind: Exclude<Drawn['kind'], 'outage'>,
  at: number,
  { who, isReported }: { who: Learner; isReported: boolean },
): EnrollmentMoment {
  if (kind === 'grow' || kind === 'shrink') return { kind, at };
  return kind === 'debit' ? { kind, at, who, isReported } : { kind, at, who };
}
