import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-12-01T09:00:00.000Z';
const hold = '2026-12-02T09:00:00.000Z';
const offer = '2026-12-02T09:00:00.000Z';
const link = { url: 'https://pay.example', checkoutId: 'cs_1' };

/** An enrollment whose link is there, and its mail not sent yet. */
const unsent = (terms: ConstructorParameters<typeof EnrollmentWalk>[1] = {}): EnrollmentWalk =>
  new EnrollmentWalk(now, terms)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'held', expiresAt: hold })
    .answer('createCheckout', link);
/** One to whom a seat is offered, by a mail that is not sent yet. */
const offered = (): EnrollmentWalk =>
  new EnrollmentWalk(now)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'waitlisted', position: 1 })
    .send('seatOffered', { expiresAt: offer });
const mailsOf = ({ last }: EnrollmentWalk): string[] =>
  last.actions.flatMap(({ activity, step }) => (activity === 'sendMessage' ? [step] : []));
const keptUntil = ({ last }: EnrollmentWalk) =>
  last.actions.flatMap(({ activity, params }) => (activity === 'keepSeat' && 'until' in params ? [params.until] : []));

describe('a mail server that is away for longer than a seat is held (bad day, no mail)', () => {
  it('costs nobody the seat: the learner gets another link, for a hold as long', () => {
    const walk = unsent();
    walk.until(hold);
    expect(keptUntil(walk)).toEqual(['2026-12-03T09:00:00.000Z']);
    expect(mailsOf(walk)).toEqual([]);
    walk.answer('keepSeat', { isKept: true }).answer('createCheckout', { ...link, checkoutId: 'cs_2' });
    const [mail] = walk.last.actions.filter(({ step }) => step === 'payment-mail');
    expect(JSON.stringify(mail?.params)).toContain('3 December 2026');
    walk.answer('sendMessage', {});
    walk.until('2026-12-03T09:00:00.000Z');
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'holdExpired' } });
  });

  it('keeps the seat for three days at most, as others wait for it', () => {
    const walk = unsent();
    for (let holds = 1; holds <= 3; holds += 1) {
      walk.until(`2026-12-0${holds + 1}T09:00:00.000Z`);
      expect(walk.last.state.stage.kind).toBe('payment');
      walk.answer('keepSeat', { isKept: true }).answer('createCheckout', { ...link, checkoutId: `cs_${holds + 1}` });
    }
    walk.until('2026-12-05T09:00:00.000Z');
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'holdExpired' } });
  });

  it('keeps it no longer than the course run lasts', () => {
    const walk = unsent({ endsAt: '2026-12-02T12:00:00.000Z' });
    walk.until(hold);
    expect(keptUntil(walk)).toEqual(['2026-12-02T12:00:00.000Z']);
  });

  it('costs nobody the seat that was offered: it is held, as they asked for it', () => {
    const walk = offered();
    expect(mailsOf(walk)).toEqual(['offer-mail']);
    walk.until(offer);
    expect(walk.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'request' } }]);
    expect(mailsOf(offered().answer('sendMessage', {}).until(offer))).toEqual([]);
  });

  it.each([
    ['more than half of the time was gone', '2026-12-02T05:00:00.000Z', 'payment'],
    ['more than half of it was left', '2026-12-01T20:00:00.000Z', 'closing'],
  ])('costs nobody the seat whose mail left when %s (issue 14 §5, a storm)', (_, sentAt, then) => {
    const walk = unsent();
    walk.now = sentAt;
    walk.answer('sendMessage', {}).until(hold);
    expect(walk.last.state.stage.kind).toBe(then);
    const asked = offered();
    asked.now = sentAt;
    asked.answer('sendMessage', {}).until(offer);
    expect(asked.last.state.stage.kind).toBe(then === 'payment' ? 'seating' : 'closing');
  });

  it('costs nobody the time that a person gave them and that they could not learn of', () => {
    const more = '2026-12-02T12:00:00.000Z';
    const seat = offered().answer('sendMessage', {}).send('moreTime', { until: more });
    expect(mailsOf(seat)).toEqual(['more-time-mail']);
    seat.until(more);
    expect(seat.last.actions).toMatchObject([{ activity: 'takeSeat', params: { purpose: 'request' } }]);

    // The link lasts for longer than either hold, so that no other one is mailed before the end.
    const held = new EnrollmentWalk(now).toLink('2026-12-01T09:10:00.000Z');
    held.send('moreTime', { until: '2026-12-01T09:20:00.000Z' }).answer('keepSeat', { isKept: true });
    expect(mailsOf(held)).toEqual(['more-time-mail']);
    held.until('2026-12-01T09:20:00.000Z');
    expect([mailsOf(held), held.last.state.stage.kind]).toEqual([[], 'payment']);
    expect(keptUntil(held)).toEqual(['2026-12-01T09:40:00.000Z']);
  });

  it('sends no mail later that is not true any more: of a seat that is gone, a link that is closed, a place in a queue', () => {
    const left = unsent().send('exit', { reason: 'the school has ended it' });
    expect(mailsOf(left)).toEqual([]);
    expect(mailsOf(offered().send('withdraw', { reason: '' }))).toEqual([]);
    const queued = new EnrollmentWalk(now, { pageUrl: 'https://school.example/e/1' })
      .answer('checkEligibility', { isEligible: true })
      .answer('takeSeat', { seat: 'waitlisted', position: 1 });
    expect(mailsOf(queued)).toEqual(['queue-mail']);
    expect(mailsOf(queued.send('seatOffered', { expiresAt: offer }))).toEqual(['offer-mail']);
    const skipped = queued.lines.filter(({ step, status }) => step === 'queue-mail' && status === 'skipped');
    expect(skipped).toMatchObject([{ detail: { reason: 'not known to be sent while it was true' } }]);
  });
});
