import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const holdEnds = '2026-11-29T10:00:00.000Z';
const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };

const learner = (terms = {}): EnrollmentWalk =>
  new EnrollmentWalk(now, terms)
    .toLink(holdEnds)
    .send('payment', paid)
    .answer('confirmSeat', { seat: 'confirmed' })
    .settleMails();

describe('a rewind of an enrollment', () => {
  it.each([1, 2, 3])('keeps the payment when it goes back behind turn %i (courses F3, R4)', (turn) => {
    const walk = learner().rewind(turn);
    walk.now = '2026-11-30T09:00:00.000Z';
    if (turn === 1) walk.answer('checkEligibility', { isEligible: true });
    if (turn < 3) walk.answer('takeSeat', { seat: 'held', expiresAt: holdEnds });
    walk.answer('confirmSeat', { seat: 'confirmed' });
    expect(walk.last.state.facets).toEqual({ lifecycle: 'active', payment: 'paid', access: 'full' });
    expect(walk.last.actions.map(({ activity }) => activity)).not.toContain('refundPayment');
  });

  it('gives the payment back where the seat is gone by then', () => {
    const walk = learner()
      .rewind(1)
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'full' });
    expect(walk.last.actions.find(({ activity }) => activity === 'refundPayment')?.params).toMatchObject({
      paymentIntent: 'pi_1',
      amountMinor: 12_000,
    });
  });

  it('keeps what was learned: who had passed completes the course (courses F3, R6)', () => {
    const walk = learner({ completion: { moveOn: 'completedAndPassed' } });
    const before = walk.turnNumber;
    walk.send('progress', { verb: 'passed' }).rewind(before).send('progress', { verb: 'completed' }).settleMails();
    expect(walk.last.ended).toMatchObject({ outcome: 'completed' });
  });

  it('keeps an offer and its acceptance', () => {
    const walk = new EnrollmentWalk(now)
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 });
    const before = walk.turnNumber;
    walk.send('seatOffered', { expiresAt: holdEnds }).send('offerAnswer', { answer: 'accept' }).rewind(before);
    expect(walk.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'acceptOffer' } }]);
  });

  it('keeps that the queue was left for a lack of prerequisites', () => {
    const walk = new EnrollmentWalk(now)
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 });
    walk.send('ineligible', { missing: ['basics'] }).rewind(walk.turnNumber - 1);
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'ineligible' } });
  });

  it('keeps that the dates have moved: the queue is open until the new start', () => {
    const walk = new EnrollmentWalk(now, { startsAt: '2026-12-10T09:00:00.000Z' })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 });
    const startsAt = '2026-12-20T09:00:00.000Z';
    walk.move({ startsAt }).rewind(walk.turnNumber - 1);
    expect(walk.last.dueAt).toBe(startsAt);
  });

  it('takes a withdrawal back, as that is a request', () => {
    const walk = learner();
    walk.send('withdraw', { reason: 'Moving away' }).rewind(walk.turnNumber - 1);
    expect(walk.last.state.facets.lifecycle).toBe('active');
  });
});
