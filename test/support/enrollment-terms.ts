import type { EnrollmentTerms } from '../../contracts/courses/enrollment.ts';

/** What a learner enrolls under where a test cares for none of it: a paid course run that has begun and ends in the far future. */
export const enrollmentTerms: EnrollmentTerms = {
  courseTitle: 'SQL',
  runTitle: 'Autumn',
  completion: { moveOn: 'completed' },
  priceMinor: 12_000,
  currency: 'EUR',
  zone: 'UTC',
  startsAt: null,
  endsAt: '2099-03-01T00:00:00.000Z',
  withdrawal: {
    version: 1,
    source: 'test',
    anchor: 'enrollment',
    fullRefundWithin: 'P7D',
    proRata: [{ upToPercent: 60, refund: 'unused' }],
    blockers: [],
    fee: { amountMinor: 0, on: 'both' },
    decideWithin: 'P7D',
  },
};
