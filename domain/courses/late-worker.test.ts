import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const [before, offerEnds, after] = ['2026-11-29T09:59:59.999Z', '2026-11-29T10:00:00.000Z', '2026-11-29T12:00:00.000Z'];
const accept = { answer: 'accept' };

const waiting = (): EnrollmentWalk =>
  new EnrollmentWalk(now)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'waitlisted', position: 1 });
const offered = (): EnrollmentWalk => waiting().send('seatOffered', { expiresAt: offerEnds }).settleMails();

describe('an offer whose worker is late (courses F6, E1)', () => {
  it('is taken by an answer of before its end, and the ledger is asked about that instant', () => {
    const walk = offered();
    walk.now = after;
    walk.sendAt(before, 'offerAnswer', accept);
    expect(walk.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'acceptOffer', at: before } }]);
  });

  it('is declined by one, so that it ends as declined', () => {
    const walk = offered();
    walk.now = after;
    walk.sendAt(before, 'offerAnswer', { answer: 'decline' });
    expect(walk.last.state.stage).toMatchObject({ ending: { outcome: 'offerDeclined' } });
  });

  it('is over for an answer of its last instant', () => {
    const walk = offered();
    walk.now = offerEnds;
    walk.send('offerAnswer', accept);
    expect(walk.last.state.stage).toMatchObject({ ending: { outcome: 'offerExpired' } });
  });

  it('is a held seat for a learner who got no time to answer', () => {
    const walk = waiting();
    walk.now = after;
    walk.send('seatOffered', { expiresAt: offerEnds });
    expect(walk.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'request' } }]);
  });

  it.each([12_000, 0])('takes nobody in who had declined it, at a price of %i', (priceMinor) => {
    const walk = new EnrollmentWalk(now, { priceMinor })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 });
    walk.now = after;
    walk.send('seatOffered', { expiresAt: offerEnds }).sendAt(before, 'offerAnswer', { answer: 'decline' });
    walk.answer('takeSeat', { seat: 'held', expiresAt: '2026-11-29T13:00:00.000Z' });
    if (priceMinor === 0) walk.answer('confirmSeat', { seat: 'confirmed' });
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'withdrawn' } });
    expect(walk.last.actions.map(({ activity }) => activity)).not.toContain('sendMessage');
  });

  it('changes nothing about a withdrawal, which is quoted as of when it was asked for', () => {
    const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };
    const walk = new EnrollmentWalk(now)
      .toLink(offerEnds)
      .send('payment', paid)
      .answer('confirmSeat', { seat: 'confirmed' });
    walk.settleMails().now = after;
    walk.sendAt(before, 'withdraw', { reason: 'Moving away' });
    expect(walk.last.state.stage).toMatchObject({ kind: 'quoting', asOf: before });
  });
});
