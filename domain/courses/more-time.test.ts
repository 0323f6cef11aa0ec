import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const at = (time: string): string => `2026-11-29T${time}:00.000Z`;

/** A learner to whom a seat is offered until 10:00. */
function offeredSeat(): EnrollmentWalk {
  return new EnrollmentWalk(now)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'waitlisted', position: 1 })
    .settleMails()
    .send('seatOffered', { expiresAt: at('10:00') })
    .settleMails();
}

/** The words of the mails that are to be sent now. */
const mailsOf = ({ last }: EnrollmentWalk): unknown[] =>
  last.actions.filter(({ activity }) => activity === 'sendMessage').map(({ step }) => step);

describe('more time for a learner (issue 14 §4, the drawing of a course run)', () => {
  it('puts off the end of an offer, and says so to the learner', () => {
    const walk = offeredSeat().send('moreTime', { until: at('12:00') });
    expect(walk.last).toMatchObject({ dueAt: at('12:00'), state: { stage: { kind: 'offered' } } });
    expect(mailsOf(walk)).toEqual(['more-time-mail']);
    walk.settleMails().until(at('11:59'));
    expect(walk.last.state.stage.kind).toBe('offered');
    walk.send('offerAnswer', { answer: 'accept' });
    expect(walk.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'acceptOffer' } }]);
  });

  it('never makes it shorter, and comes too late after its end, however late it is received', () => {
    const walk = offeredSeat().send('moreTime', { until: at('09:30') });
    expect([walk.last.dueAt, mailsOf(walk)]).toEqual([at('10:00'), []]);
    walk.now = at('10:30');
    walk.sendAt(at('10:10'), 'moreTime', { until: at('12:00') });
    expect(walk.last.state.facets.lifecycle).toBe('closing');
    const inTime = offeredSeat();
    inTime.now = at('10:30');
    inTime.sendAt(at('09:50'), 'moreTime', { until: at('12:00') });
    expect(inTime.last.dueAt).toBe(at('12:00'));
  });

  it('counts for an offer that is not yet put to the learner', () => {
    const walk = new EnrollmentWalk(now)
      .answer('checkEligibility', { isEligible: true })
      .sendAll([
        { kind: 'seatOffered', payload: { expiresAt: at('10:00') } },
        { kind: 'moreTime', payload: { until: at('12:00') } },
      ])
      .answer('takeSeat', { seat: 'waitlisted', position: 1 });
    expect(walk.last.state.stage).toMatchObject({ kind: 'offered', expiresAt: at('12:00') });
  });

  it('keeps a held seat, and makes a new link when the one of before ends', () => {
    const walk = new EnrollmentWalk(now).toLink(at('10:00')).send('moreTime', { until: at('14:00') });
    expect(mailsOf(walk)).toEqual(['more-time-mail']);
    expect(walk.last.actions).toContainEqual(
      expect.objectContaining({ activity: 'keepSeat', params: { until: at('14:00') } }),
    );
    walk.answer('keepSeat', { isKept: true }).settleMails();
    expect(walk.last.dueAt).toBe(at('10:00'));
    walk.until();
    expect(walk.last.actions).toMatchObject([{ activity: 'createCheckout', params: { expiresAt: at('14:00') } }]);
    walk.answer('createCheckout', { url: 'https://pay.example/2', checkoutId: 'cs_2' }).settleMails();
    expect(walk.last.dueAt).toBe(at('14:00'));
    walk.until();
    expect(walk.last.state.facets.lifecycle).toBe('closing');
  });

  it('is part of the mail with the link where that is still to come', () => {
    const walk = new EnrollmentWalk(now)
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'held', expiresAt: at('10:00') });
    const [asked] = walk.last.actions;
    walk.send('moreTime', { until: at('14:00') });
    expect(walk.last.actions).toContainEqual(asked);
    expect(mailsOf(walk)).toEqual([]);
    walk.answer('keepSeat', { isKept: true });
    walk.answer('createCheckout', { url: 'https://pay.example', checkoutId: 'cs_1' });
    expect(JSON.stringify(walk.last.actions)).toContain(' at 14:00 ');
    expect(mailsOf(walk)).toEqual(['payment-mail']);
  });

  it('leaves a seat that is kept for money on its way', () => {
    const walk = new EnrollmentWalk(now).toLink(at('10:00'));
    walk.send('payment', { status: 'underWay', checkout: 'checkout/1' });
    const { stage } = walk.last.state;
    expect(stage).toMatchObject({ kind: 'payment', underWayUntil: '2026-12-20T09:00:00.000Z' });
    walk.send('moreTime', { until: at('14:00') });
    expect(walk.last.state.stage).toEqual(stage);
  });
});
