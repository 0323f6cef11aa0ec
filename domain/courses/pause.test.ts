import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const [holdEnds, aDayLater] = ['2026-11-29T10:00:00.000Z', '2026-11-30T10:00:00.000Z'];
const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };
const offered = (): EnrollmentWalk =>
  new EnrollmentWalk(now)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'waitlisted', position: 1 })
    .send('seatOffered', { expiresAt: holdEnds })
    .settleMails();

describe('a pause of an enrollment (courses F13, A6)', () => {
  it('keeps a held seat a day longer, and then it is over and the seat goes to the next', () => {
    const walk = new EnrollmentWalk(now).toLink(holdEnds).send('pause');
    expect(walk.last).toMatchObject({ status: 'paused', dueAt: aDayLater });
    walk.until('2026-11-30T09:59:59.999Z');
    expect(walk.last.status).toBe('paused');
    walk.until(aDayLater);
    expect(walk.last.actions).toMatchObject([{ activity: 'expireCheckout' }]);
    expect(walk.last.state).toMatchObject({ isPaused: false, stage: { ending: { outcome: 'holdExpired' } } });
  });

  it('keeps an offered seat no longer', () => {
    const walk = offered().send('pause');
    expect(walk.until(aDayLater).last.actions).toMatchObject([{ activity: 'releaseSeat' }]);
  });

  it.each([
    ['before anything is asked for', new EnrollmentWalk(now).send('pause'), 'checkEligibility'],
    ['while an offer is accepted', offered().send('pause').send('offerAnswer', { answer: 'accept' }), 'takeSeat'],
    [
      'while the seat is paid for',
      new EnrollmentWalk(now).toLink(holdEnds).send('pause').send('payment', paid),
      'confirmSeat',
    ],
    [
      'while the seat is to be released',
      offered().send('offerAnswer', { answer: 'decline' }).send('pause'),
      'releaseSeat',
    ],
  ])('keeps no seat without an end %s', (_when, walk, next) => {
    expect(walk.last).toMatchObject({ status: 'paused', actions: [], dueAt: '2026-11-30T09:00:00.000Z' });
    walk.send('pause').until();
    expect(walk.last.state.isPaused).toBe(false);
    expect(walk.last.actions.map(({ activity }) => activity)).toContain(next);
  });

  it('keeps no money without an end that is to go back, however far off the end of the course run is', () => {
    const again = { ...paid, paymentIntent: 'pi_2' };
    const walk = new EnrollmentWalk(now, { endsAt: '2027-03-01T00:00:00.000Z' }).toLink(holdEnds).send('payment', paid);
    walk.answer('confirmSeat', { seat: 'confirmed' }).settleMails().send('pause').send('payment', again);
    expect(walk.last).toMatchObject({ status: 'paused', actions: [], dueAt: '2026-11-30T09:00:00.000Z' });
    expect(walk.until().last.actions.map(({ activity }) => activity)).toContain('refundPayment');
    expect(walk.last.state).toMatchObject({ isPaused: false, stage: { kind: 'learning' } });
  });

  it('lasts as long as it is wanted where nothing waits for it', () => {
    const walk = new EnrollmentWalk(now, { endsAt: null }).toLink(holdEnds).send('payment', paid);
    walk.answer('confirmSeat', { seat: 'confirmed' }).settleMails().send('pause');
    expect(walk.last).toMatchObject({ status: 'paused', dueAt: null });
  });

  it('lets what ran out meanwhile happen when it is ended before', () => {
    const walk = new EnrollmentWalk(now).toLink(holdEnds).send('pause').until('2026-11-29T12:00:00.000Z');
    expect(walk.send('resume').last.actions).toMatchObject([{ activity: 'expireCheckout' }]);
  });
});
