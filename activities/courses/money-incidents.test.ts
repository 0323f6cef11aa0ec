import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';
import { moneyIncidents } from './money-incidents.ts';

describe('what operators must see to at the payment service', () => {
  const after = (isWithdrawn: boolean) => {
    const walk = new EnrollmentWalk('2026-12-01T09:00:00.000Z')
      .toLink('2026-12-01T10:00:00.000Z')
      .send('payment', { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' })
      .answer('confirmSeat', { seat: 'confirmed' })
      .settleMails()
      .send('payment', { status: 'changed', paymentIntent: 'pi_1' });
    const dispute = { id: 'du_1', state: 'open', isWithdrawn, amountMinor: 12_000, currency: 'EUR' };
    walk.answer('lookUpPayment', { paymentIntent: 'pi_1', refunds: [], disputes: [dispute] });
    return moneyIncidents(walk.last);
  };

  it('is to answer a dispute, during which nothing is refunded', () => {
    const message = expect.stringContaining('nothing is refunded here');
    expect(after(true)).toEqual([{ kind: 'payment.disputed', message, detail: expect.anything() }]);
  });

  it('is to answer an inquiry or to give the money back, and it is not called a dispute (WooPayments 6802)', () => {
    const [incident, ...others] = after(false);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      kind: 'payment.disputed',
      message: expect.stringMatching(/or give the money back/),
    });
    expect(incident?.message).not.toMatch(/disput/);
  });
});
