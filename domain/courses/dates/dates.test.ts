import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';
import { seatEndsAt } from './dates.ts';

const now = '2026-11-29T09:00:00.000Z';
const inAnHour = '2026-11-29T10:00:00.000Z';
const tomorrow = '2026-11-30T09:00:00.000Z';
const paid = { status: 'paid', checkout: 'checkout/1', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };

const refundsOf = ({ last }: EnrollmentWalk) =>
  last.actions.filter(({ activity }) => activity === 'refundPayment').map(({ params }) => params);
const stageOf = ({ last }: EnrollmentWalk) => last.state.stage;
const ended = { kind: 'closing', ending: { outcome: 'courseRunEnded' } };

describe('a course run that has ended (courses F4: Eventra 11781, tendenci 161, zenbership 189, Rock 5078)', () => {
  it('takes nobody, and no seat is asked for', () => {
    const walk = new EnrollmentWalk(now, { endsAt: now }).answer('checkEligibility', { isEligible: true });
    expect(walk.last.actions.map(({ activity }) => activity)).toEqual(['sendMessage']);
    expect(stageOf(walk)).toMatchObject(ended);
  });

  it('takes no money while a seat is held: the checkout is closed, and what comes all the same goes back', () => {
    const walk = new EnrollmentWalk(now, { endsAt: inAnHour }).toLink(tomorrow);
    expect(walk.last.dueAt).toBe(inAnHour);
    walk.until();
    expect(stageOf(walk)).toMatchObject(ended);
    walk.answer('expireCheckout', { ...paid, checkout: 'paid' });
    expect(refundsOf(walk)).toMatchObject([{ paymentIntent: 'pi_1', amountMinor: 12_000 }]);
    expect(walk.last.actions.map(({ activity }) => activity)).toContain('releaseSeat');
  });

  it('gives money back that came while a late worker stood still', () => {
    const walk = new EnrollmentWalk(now, { endsAt: inAnHour }).toLink(tomorrow);
    walk.now = tomorrow;
    walk.send('payment', paid);
    expect(refundsOf(walk)).toMatchObject([{ paymentIntent: 'pi_1', amountMinor: 12_000 }]);
    expect(walk.last.state.facets.access).toBe('none');
  });

  it('gives money back where it ends while the seat is confirmed, without a welcome', () => {
    const walk = new EnrollmentWalk(now, { endsAt: inAnHour }).toLink(inAnHour).send('payment', paid);
    walk.now = inAnHour;
    walk.answer('confirmSeat', { seat: 'confirmed' });
    expect(refundsOf(walk)).toMatchObject([{ paymentIntent: 'pi_1', amountMinor: 12_000 }]);
    expect(walk.lines.map(({ step }) => step)).not.toContain('welcome-mail');
  });

  it('ends an offer with it', () => {
    const walk = new EnrollmentWalk(now, { endsAt: inAnHour })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 })
      .send('seatOffered', { expiresAt: tomorrow });
    expect(walk.until().last.state.stage).toMatchObject(ended);
  });
});

describe('the end of a hold or an offer', () => {
  it.each([
    ['before both dates', { startsAt: tomorrow, endsAt: null }, inAnHour],
    ['at the start', { startsAt: '2026-11-29T09:20:00.000Z', endsAt: tomorrow }, '2026-11-29T09:20:00.000Z'],
    [
      'at the end of one that has begun',
      { startsAt: now, endsAt: '2026-11-29T09:30:00.000Z' },
      '2026-11-29T09:30:00.000Z',
    ],
    ['without dates', { startsAt: null, endsAt: null }, inAnHour],
  ])('lies %s', (_where, dates, end) => {
    expect(seatEndsAt(dates, now, 'PT1H')).toBe(end);
  });
});
