import fc from 'fast-check';

/** Those who want a seat; each has an address of their own. */
export const learners = ['ana', 'ben', 'cleo', 'dan'] as const;
export type Learner = (typeof learners)[number];

/**
 * What happens around a course run, at a minute of the history. A `report` says at last what the moment `of` was at the payment service. The money
 * of a `debit` takes its time: it settles or bounces, which is reported; that it is under way is reported only where that says so. Of the last
 * payment of a learner some is given back in the dashboard, the bank returns the last refund, the payer disputes it, and the bank rules on that. A
 * person `decides` what waits for them about a learner, a refund for instance. The mail server refuses mails for a time and `take`s them again; the
 * payment service would make no page and no refund while it is `shut`. An operator has an enrollment go back to how it stood after a `share` of
 * its turns.
 */
export type EnrollmentMoment =
  | { kind: 'request' | 'refused' | 'accept' | 'decline' | 'withdraw' | 'stay'; at: number; who: Learner }
  | { kind: 'move' | 'optOut' | 'pause' | 'resume'; at: number; who: Learner }
  | PayMoment
  | { kind: 'settle' | 'bounce' | 'report'; at: number; of: number }
  | ServiceMoment
  | { kind: 'decide'; at: number; who: Learner; isYes: boolean }
  | RewindMoment
  | { kind: 'refuse' | 'take' | 'shut' | 'open'; at: number }
  | ({ kind: 'dates'; at: number } & Dates)
  | { kind: 'grow' | 'shrink'; at: number }
  | { kind: 'down'; at: number }
  | { kind: 'up'; at: number };

/** The minutes in which a course run starts and ends. */
export type Dates = { startsAt: number | null; endsAt: number | null };

/** A learner pays, at once or by a debit. */
export type PayMoment =
  { kind: 'pay'; at: number; who: Learner } | { kind: 'debit'; at: number; who: Learner; isReported: boolean };

/** An enrollment goes back, where it stands as the outside has said. */
export type RewindMoment = { kind: 'rewind'; at: number; who: Learner; share: number };

/** What happens to a payment at the payment service after it came. */
export type ServiceMoment =
  | { kind: 'payBack'; at: number; who: Learner; cents: number }
  | { kind: 'return'; at: number; who: Learner }
  | { kind: 'dispute'; at: number; who: Learner; isInquiry: boolean }
  | { kind: 'rule'; at: number; who: Learner; isWon: boolean };

/** A paid course run, its first dates, and what happens around it, in the order of time. */
export type EnrollmentHistory = {
  capacity: number;
  places: number;
  dates: Dates;
  moments: readonly EnrollmentMoment[];
};

/** The terms of each course run, in minutes and in cents: a withdrawal gives back all but a fee, and after a while half. */
export const terms = { hold: 45, offer: 30, decide: 50, allWithin: 120, price: 12_000, fee: 1_000, laterShare: 0.5 };

type Drawn = {
  kind:
    | Exclude<
        EnrollmentMoment['kind'],
        'settle' | 'bounce' | 'report' | 'down' | 'up' | 'refuse' | 'take' | 'shut' | 'open'
      >
    | Phase;
  who: Learner;
  gap: number;
  lag: number;
  again: boolean;
};

/** What begins when it is drawn first, and ends when it is drawn again. */
type Phase = 'outage' | 'mails' | 'payments';

const phases: Readonly<Record<Phase, readonly ['down' | 'refuse' | 'shut', 'up' | 'take' | 'open']>> = {
  outage: ['down', 'up'],
  mails: ['refuse', 'take'],
  payments: ['shut', 'open'],
};

/** How often each kind is drawn. */
const weights: Readonly<Record<Drawn['kind'], number>> = {
  request: 24,
  pay: 24,
  accept: 8,
  decline: 8,
  withdraw: 10,
  outage: 10,
  debit: 6,
  grow: 4,
  shrink: 4,
  payBack: 5,
  return: 4,
  dispute: 4,
  rule: 4,
  decide: 6,
  stay: 2,
  refused: 2,
  move: 2,
  optOut: 2,
  dates: 5,
  pause: 5,
  resume: 3,
  rewind: 10,
  mails: 4,
  payments: 4,
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.oneof(
    ...Object.entries(weights).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Drawn['kind']) })),
  ),
  who: fc.oneof({ weight: 3, arbitrary: fc.constant('ana' as const) }, fc.constantFrom(...learners)),
  gap: fc.integer({ min: 1, max: 25 }),
  lag: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90 })),
  again: fc.boolean(),
});

/** How a history begins: by itself, with one who pays, or with a queue. */
const beginnings: readonly (readonly Drawn[])[] = [
  [],
  [begun('request', 'ana'), begun('pay', 'ana')],
  [begun('request', 'ana'), begun('request', 'ben'), begun('request', 'cleo')],
];

function begun(kind: 'request' | 'pay', who: Learner): Drawn {
  return { kind, who, gap: 1, lag: 1, again: false };
}

/**
 * Random histories: requests, payments that are reported late and twice and of which some goes back, answers, withdrawals, decisions, new
 * addresses and rewinds, also while nothing works, mails are refused, or the payment service makes no page and no refund.
 */
export const enrollmentHistories: fc.Arbitrary<EnrollmentHistory> = fc
  .record({
    capacity: fc.integer({ min: 1, max: 2 }),
    places: fc.integer({ min: 0, max: 3 }),
    dates: fc.oneof(
      { weight: 2, arbitrary: fc.constant({ startsAt: null, endsAt: null }) },
      fc.record({ startsAt: fc.constantFrom(null, 30, 90), endsAt: fc.constantFrom(null, 140, 260) }),
    ),
    beginning: fc.constantFrom(...beginnings),
    drawn: fc.array(drawn, { minLength: 2, maxLength: 7 }),
  })
  .map(({ drawn: all, beginning, ...run }) => ({ ...run, moments: momentsOf([...beginning, ...all]) }));

function momentsOf(all: readonly Drawn[]): EnrollmentMoment[] {
  const moments: EnrollmentMoment[] = [];
  const reports: { at: number; of: EnrollmentMoment; kind: 'report' | 'settle' | 'bounce' }[] = [];
  let at = 0;
  const open = new Set<Phase>();
  for (const one of all) {
    const { kind, gap, lag, again } = one;
    at += gap;
    if (isPhase(kind)) {
      const [begins, ends] = phases[kind];
      moments.push({ kind: open.has(kind) ? ends : begins, at });
      if (!open.delete(kind)) open.add(kind);
      continue;
    }
    const moment = momentOf(one, kind, at);
    moments.push(moment);
    if (kind === 'debit') reports.push({ at: at + lag, of: moment, kind: again ? 'bounce' : 'settle' });
    // What happens at the payment service later than the payment itself is now and then not reported.
    if (!isReported(kind) || (kind !== 'pay' && lag > 70)) continue;
    const report = { at: at + lag, of: moment, kind: 'report' } as const;
    reports.push(report, ...(again ? [{ ...report, at: at + lag + 7 }] : []));
  }
  if (open.has('outage')) moments.push({ kind: 'up', at: at + 1 });
  const timed = [...moments, ...reports].toSorted((a, b) => a.at - b.at);
  return timed.map((each) =>
    'of' in each && typeof each.of !== 'number'
      ? { kind: each.kind, at: each.at, of: timed.findIndex((moment) => moment === each.of) }
      : (each as EnrollmentMoment),
  );
}

function isPhase(kind: Drawn['kind']): kind is Phase {
  return kind in phases;
}

function isReported(kind: Drawn['kind']): boolean {
  return kind === 'pay' || kind === 'payBack' || kind === 'return' || kind === 'dispute' || kind === 'rule';
}

function momentOf({ who, lag, again, gap }: Drawn, kind: Exclude<Drawn['kind'], Phase>, at: number): EnrollmentMoment {
  switch (kind) {
    case 'grow':
    case 'shrink':
      return { kind, at };
    case 'dates': {
      const startsAt = again ? at + lag : null;
      return { kind, at, startsAt, endsAt: gap < 5 ? null : at + (startsAt === null ? 0 : lag) + (gap - 5) * 9 + 1 };
    }
    case 'debit':
      return { kind, at, who, isReported: lag > 20 };
    case 'payBack':
      return { kind, at, who, cents: again ? terms.price : 4_000 };
    case 'dispute':
      return { kind, at, who, isInquiry: gap < 9 };
    case 'rule':
      return { kind, at, who, isWon: gap < 13 };
    case 'decide':
      return { kind, at, who, isYes: again };
    case 'rewind':
      return { kind, at, who, share: gap / 26 };
    default:
      return { kind, at, who };
  }
}
