import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const until = '2026-11-29T10:00:00.000Z';
const requested = (seat: object): EnrollmentWalk => new EnrollmentWalk(now).send('seatAnswer', { ...seat });

describe('a seat that the request itself has taken (courses F14)', () => {
  it.each([
    ['a hold', { seat: 'held', expiresAt: until }],
    ['a place in the queue', { seat: 'waitlisted', position: 3 }],
  ])('is released where the learner lacks a prerequisite by then: %s', (_what, seat) => {
    const walk = requested(seat).answer('checkEligibility', { isEligible: false, missing: ['basics'] });
    expect(walk.last.actions).toMatchObject([{ activity: 'releaseSeat' }]);
  });

  it('is released where the learner leaves at once', () => {
    const walk = requested({ seat: 'held', expiresAt: until }).send('withdraw', { reason: 'A mistake' });
    expect(walk.last.actions).toMatchObject([{ activity: 'releaseSeat' }]);
  });

  it('is asked for again by the run, and an offer that came meanwhile is not put to a learner who holds the seat', () => {
    const walk = requested({ seat: 'waitlisted', position: 1 })
      .send('seatOffered', { expiresAt: until })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'held', expiresAt: until });
    expect(walk.last.state).toMatchObject({ stage: { kind: 'payment' }, offerExpiresAt: null });
  });

  it('is asked for again by who waits and was stopped meanwhile: nothing was offered to them', () => {
    const walk = requested({ seat: 'waitlisted', position: 1 })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 })
      .send('retry');
    expect(walk.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'request' } }]);
    walk.answer('takeSeat', { seat: 'waitlisted', position: 1 });
    expect(walk.last.state.facets.lifecycle).toBe('waitlisted');
  });

  it('is nothing to release where there was none', () => {
    const walk = requested({ seat: 'full' }).answer('checkEligibility', { isEligible: false, missing: ['basics'] });
    expect(walk.last.actions).toMatchObject([{ activity: 'sendMessage' }]);
  });
});
