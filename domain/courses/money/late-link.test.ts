import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';

const now = '2026-12-01T09:00:00.000Z';
/** The hold of an hour: a link can be asked for until half an hour before its end. */
const hold = '2026-12-01T10:00:00.000Z';
const link = { url: 'https://pay.example', checkoutId: 'cs_1' };

/** An enrollment that has a seat and waits for its link. */
const waiting = (terms: ConstructorParameters<typeof EnrollmentWalk>[1] = {}): EnrollmentWalk =>
  new EnrollmentWalk(now, terms)
    .answer('checkEligibility', { isEligible: true })
    .answer('takeSeat', { seat: 'held', expiresAt: hold });
const checkoutsOf = ({ last }: EnrollmentWalk) =>
  last.actions.filter(({ activity }) => activity === 'createCheckout').map(({ params }) => params);
const keptUntil = ({ last }: EnrollmentWalk) =>
  last.actions.flatMap(({ activity, params }) => (activity === 'keepSeat' && 'until' in params ? [params.until] : []));

describe('a link that the payment service could not make in time', () => {
  it('is asked for anew, and the seat is kept all the while, though the hold would long be over', () => {
    const walk = waiting();
    for (let times = 1; times <= 10; times += 1) {
      walk.until();
      const end = new Date(Date.parse(hold) + times * 30 * 60_000).toISOString();
      expect(checkoutsOf(walk)).toMatchObject([{ key: `checkout/${times + 1}`, expiresAt: end }]);
      expect(keptUntil(walk)).toEqual([end]);
      walk.answer('keepSeat', { isKept: true });
    }
    expect(walk.last.state.facets.lifecycle).toBe('awaitingPayment');
    walk.answer('createCheckout', link);
    expect(walk.last.dueAt).toBe('2026-12-01T15:00:00.000Z');
    walk.answer('sendMessage', {}).until();
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'holdExpired' } });
  });

  it('that comes late leaves the learner the whole hold, and the mail says so', () => {
    const walk = waiting();
    walk.now = '2026-12-01T09:20:00.000Z';
    walk.answer('createCheckout', link);
    expect(keptUntil(walk)).toEqual(['2026-12-01T10:20:00.000Z']);
    const [mail] = walk.last.actions.filter(({ step }) => step === 'payment-mail');
    expect(JSON.stringify(mail?.params)).toContain('10:20');
  });

  it('that is there at once moves nothing', () => {
    const walk = waiting();
    walk.now = '2026-12-01T09:00:05.000Z';
    walk.answer('createCheckout', link);
    expect([keptUntil(walk), walk.last.dueAt]).toEqual([[], hold]);
  });

  it('is asked for no longer than the course run lasts', () => {
    const walk = waiting({ endsAt: '2026-12-01T11:00:00.000Z' });
    walk.until().until();
    expect(keptUntil(walk)).toEqual(['2026-12-01T11:00:00.000Z']);
    walk.until('2026-12-01T11:00:00.000Z');
    expect(walk.last.state.stage.kind).toBe('closing');
  });
});
