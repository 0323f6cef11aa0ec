import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const [start, end] = ['2026-12-01T09:00:00.000Z', '2026-12-20T09:00:00.000Z'];
const [laterStart, laterEnd] = ['2027-01-01T09:00:00.000Z', '2027-01-20T09:00:00.000Z'];
const moved = { startsAt: laterStart, endsAt: laterEnd };
const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };

const requested = (): EnrollmentWalk =>
  new EnrollmentWalk(now, { startsAt: start, endsAt: end }).answer('checkEligibility', { isEligible: true });
const waiting = (): EnrollmentWalk => requested().answer('takeSeat', { seat: 'waitlisted', position: 1 });
const learner = (): EnrollmentWalk =>
  new EnrollmentWalk(now, { startsAt: start, endsAt: end })
    .toLink(start)
    .send('payment', paid)
    .answer('confirmSeat', { seat: 'confirmed' })
    .settleMails();
const mailsOf = ({ last }: EnrollmentWalk) =>
  last.actions.filter(({ activity }) => activity === 'sendMessage').map(({ step, params }) => ({ step, params }));

describe('dates of a course run that are moved (courses F5: Coursemology 6127, mod_booking 937)', () => {
  it('leave a learner in until the new end, and a mail says so', () => {
    const walk = learner().move(moved);
    expect(walk.last.dueAt).toBe(laterEnd);
    const [mail] = mailsOf(walk);
    expect(mail).toMatchObject({
      step: 'dates-mail',
      params: {
        variables: {
          now: 'from 1 January 2027 at 09:00 UTC until 20 January 2027 at 09:00 UTC',
          before: 'from 1 December 2026 at 09:00 UTC until 20 December 2026 at 09:00 UTC',
        },
      },
    });
    expect(walk.settleMails().until(end).last.ended).toBeNull();
  });

  it('keep the queue open until the new start, and close it at once where that has passed', () => {
    expect(waiting().move(moved).last.dueAt).toBe(laterStart);
    const closed = waiting().move({ startsAt: now });
    expect(closed.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'waitlistClosed' } });
  });

  it('keep the queue open until the new start where they were sent to nobody, as before an upgrade', () => {
    const walk = waiting().settleMails();
    walk.terms = { ...walk.terms, ...moved };
    expect(walk.until(start).last).toMatchObject({ state: { stage: { kind: 'waitlisted' } }, dueAt: laterStart });
    expect(walk.until().last.state.stage).toMatchObject({ ending: { outcome: 'waitlistClosed' } });
  });

  it('keep a seat for money on its way by the new end', () => {
    const walk = new EnrollmentWalk(now, { startsAt: null, endsAt: start })
      .toLink(start)
      .send('payment', { status: 'underWay' });
    walk.move({ endsAt: end }).answer('keepSeat', { isKept: true });
    expect(walk.last.state.stage).toMatchObject({ kind: 'payment', underWayUntil: end });
  });

  it('move the window of a full refund that is counted from the start', () => {
    const { withdrawal } = learner().terms;
    const walk = new EnrollmentWalk(now, {
      startsAt: start,
      endsAt: end,
      withdrawal: { ...withdrawal, anchor: 'start' },
    })
      .toLink(start)
      .send('payment', paid)
      .answer('confirmSeat', { seat: 'confirmed' })
      .settleMails()
      .move(moved);
    walk.now = '2027-01-05T09:00:00.000Z';
    walk.send('progress', { verb: 'progressed', progressPercent: 50 }).send('withdraw', { reason: 'Moving away' });
    walk.answer('quoteRefund', { refundMinor: 12_000 });
    expect(walk.last.state.stage).toMatchObject({ kind: 'deciding', quote: { refundMinor: 12_000 } });
  });

  it('say nothing of dates that nobody was sent: moved twice while no worker was there', () => {
    const walk = learner();
    const wrong = { startsAt: '2029-01-01T09:00:00.000Z', endsAt: '2029-01-20T09:00:00.000Z' };
    const messages = [
      { kind: 'datesMoved', payload: { startsAt: start, endsAt: end } },
      { kind: 'datesMoved', payload: wrong },
    ];
    walk.sendAll(messages);
    expect(mailsOf(walk)).toEqual([]);
    walk.terms = { ...walk.terms, ...moved };
    walk.sendAll(messages);
    expect(mailsOf(walk)).toMatchObject([
      { params: { variables: { before: expect.stringContaining('1 December 2026') } } },
    ]);
  });

  it('keep the queue open until the new start, however the old one was written', () => {
    const walk = waiting();
    walk.terms = { ...walk.terms, startsAt: '2026-12-01T10:00:00+01:00' };
    expect(walk.move({ startsAt: now }).last.state.stage).toMatchObject({ ending: { outcome: 'waitlistClosed' } });
  });

  it('end the enrollment of who has no seat yet where the new end has passed', () => {
    const walk = new EnrollmentWalk(now, { endsAt: end }).toLink(end).move({ endsAt: now });
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'courseRunEnded' } });
  });

  it('say nothing where the same instants are written in another way', () => {
    expect(mailsOf(learner().move({ startsAt: '2026-12-01T10:00:00+01:00' }))).toEqual([]);
  });
});
