import { describe, expect, it } from 'vitest';
import type { EnrollmentTerms } from '../../../contracts/courses/enrollment.ts';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };

it.each([
  ['a self-paced course run, for the next', null, true],
  ['a cohort not: it was used to the end', '2027-03-01T00:00:00.000Z', false],
])(
  'completing frees the seat of %s (courses F11: local_recompletion 193, mod_booking 1119)',
  (_what, endsAt, isFreed) => {
    const walk = new EnrollmentWalk(now, { endsAt })
      .toLink('2026-11-29T10:00:00.000Z')
      .send('payment', paid)
      .answer('confirmSeat', { seat: 'confirmed' })
      .send('progress', { verb: 'completed' });
    expect(walk.last.actions.some(({ activity }) => activity === 'releaseSeat')).toBe(isFreed);
    expect(walk.last.actions.some(({ activity }) => activity === 'refundPayment')).toBe(false);
    expect(walk.last.state.facets.access).toBe('full');
  },
);

describe('what was learned before the end and is reported after it (micromasters 2252: the gap before certificates)', () => {
  const end = '2026-12-20T09:00:00.000Z';
  const lapsed = (terms: Partial<EnrollmentTerms> = {}): EnrollmentWalk =>
    new EnrollmentWalk(now, { endsAt: end, ...terms })
      .toLink('2026-11-29T10:00:00.000Z')
      .send('payment', paid)
      .answer('confirmSeat', { seat: 'confirmed' })
      .settleMails()
      .until(end);
  const stands = ({ last }: EnrollmentWalk) => [last.state.facets.access, last.ended?.outcome];

  it('completes the course of who has lapsed, with its mail and access', () => {
    const walk = lapsed().settleMails();
    expect(stands(walk)).toEqual(['revoked', 'lapsed']);
    walk.send('progress', { verb: 'completed' });
    expect(walk.last.actions).toMatchObject([{ activity: 'addCrmNote' }, { step: 'ending-mail' }]);
    expect(stands(walk.settleMails())).toEqual(['full', 'completed']);
    // News of money after that change nothing about it.
    walk.send('payment', { status: 'changed', paymentIntent: 'pi_1' });
    expect(walk.last.state).toMatchObject({ facets: { access: 'full' }, afterEnd: { outcome: 'completed' } });
  });

  it('does so while the end is under way', () => {
    const walk = lapsed().send('progress', { verb: 'completed' });
    expect(stands(walk.settleMails())).toEqual(['full', 'completed']);
  });

  it('is kept where it is a part of what completes the course', () => {
    const walk = lapsed({ completion: { moveOn: 'completedAndPassed' } }).settleMails();
    expect(stands(walk.send('progress', { verb: 'passed' }))).toEqual(['revoked', 'lapsed']);
    expect(stands(walk.send('progress', { verb: 'completed' }).settleMails())).toEqual(['full', 'completed']);
  });

  it('changes nothing for who has withdrawn', () => {
    const walk = new EnrollmentWalk(now, { priceMinor: 0 })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'held', expiresAt: end })
      .answer('confirmSeat', { seat: 'confirmed' })
      .send('withdraw', { reason: 'x' })
      .answer('releaseSeat', {})
      .settleMails();
    expect(stands(walk.send('progress', { verb: 'completed' }))).toEqual(['revoked', 'withdrawn']);
  });
});
