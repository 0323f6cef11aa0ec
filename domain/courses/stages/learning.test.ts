import { expect, it } from 'vitest';
import { EnrollmentWalk } from '../../../test/support/enrollment-walk.ts';

const now = '2026-11-29T09:00:00.000Z';
const paid = { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' };

it.each([
  ['a self-paced course run, for the next', null, true],
  ['a cohort not: it was used to the end', '2027-03-01T00:00:00.000Z', false],
])(
  'completing frees the seat of %s (courses F11: local_recompletion 193, mod_booking 1119)',
  (_what, endsAt, isFreed) => {
    const walk = new EnrollmentWalk(now, { endsAt })
      .toLink('2026-11-29T10:00:00.000Z')
      .send('payment', paid)
      .answer('confirmSeat', { seat: 'confirmed' })
      .send('progress', { verb: 'completed' });
    expect(walk.last.actions.some(({ activity }) => activity === 'releaseSeat')).toBe(isFreed);
    expect(walk.last.actions.some(({ activity }) => activity === 'refundPayment')).toBe(false);
    expect(walk.last.state.facets.access).toBe('full');
  },
);
