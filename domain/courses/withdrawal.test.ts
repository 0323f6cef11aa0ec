import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };
const { withdrawal } = new EnrollmentWalk(now).terms;

const leaving = (whileDeciding?: 'access' | 'noAccess'): EnrollmentWalk =>
  new EnrollmentWalk(now, { withdrawal: whileDeciding ? { ...withdrawal, whileDeciding } : withdrawal })
    .toLink('2026-11-29T10:00:00.000Z')
    .send('payment', paid)
    .answer('confirmSeat', { seat: 'confirmed' })
    .settleMails()
    .send('withdraw', { reason: 'Moving away' })
    .answer('quoteRefund', { refundMinor: 12_000 });

describe('a withdrawal that waits for a decision (courses F20)', () => {
  it.each([
    ['noAccess', 'suspended'],
    ['access', 'full'],
    // Promised before there was such a term.
    [undefined, 'full'],
  ] as const)('leaves the access that the policy says: %s', (whileDeciding, access) => {
    expect(leaving(whileDeciding).last.state.facets).toMatchObject({ lifecycle: 'withdrawing', access });
  });

  it('is taken back, without a second welcome, and its approval is withdrawn', () => {
    const walk = leaving('noAccess').send('stay');
    expect(walk.last).toMatchObject({
      gates: [],
      actions: [],
      state: { facets: { lifecycle: 'active', access: 'full' } },
    });
  });

  it('is none for who completes the course meanwhile: they do not get all back', () => {
    const walk = leaving('access').send('progress', { verb: 'completed' });
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'completed' } });
    expect(walk.last.actions.map(({ activity }) => activity)).not.toContain('refundPayment');
  });

  it('cannot be taken back once it was decided', () => {
    const walk = leaving().decide('approve').send('stay');
    expect(walk.last.state.stage).toMatchObject({ kind: 'closing', ending: { outcome: 'withdrawn' } });
  });
});
