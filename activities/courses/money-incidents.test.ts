import { describe, expect, it } from 'vitest';
import { EnrollmentWalk } from '../../test/support/enrollment-walk.ts';
import { moneyIncidents } from './money-incidents.ts';

describe('what operators must see to at the payment service', () => {
  const looked = (isWithdrawn: boolean) => {
    const walk = new EnrollmentWalk('2026-11-01T09:00:00.000Z')
      .toLink('2026-11-01T10:00:00.000Z')
      .send('payment', { status: 'paid', paymentIntent: 'pi_1', amountMinor: 12_000, currency: 'EUR' })
      .answer('confirmSeat', { seat: 'confirmed' })
      .settleMails()
      .send('payment', { status: 'changed', paymentIntent: 'pi_1' });
    const dispute = { id: 'du_1', state: 'open', isWithdrawn, amountMinor: 12_000, currency: 'EUR' };
    walk.answer('lookUpPayment', { paymentIntent: 'pi_1', refunds: [], disputes: [dispute] });
    return walk;
  };
  const after = (isWithdrawn: boolean) => moneyIncidents(looked(isWithdrawn).last);

  it('is to answer a dispute, during which nothing is refunded', () => {
    const message = expect.stringContaining('nothing is refunded here');
    expect(after(true)).toEqual([{ kind: 'payment.disputed', message, detail: expect.anything() }]);
  });

  it('is whether a learner stays in whose payment the bank keeps (sourcegraph/cody 1605)', () => {
    const walk = looked(true).send('payment', { status: 'changed', paymentIntent: 'pi_1' });
    const lost = { id: 'du_1', state: 'lost', isWithdrawn: true, amountMinor: 12_000, currency: 'EUR' };
    walk.answer('lookUpPayment', { paymentIntent: 'pi_1', refunds: [], disputes: [lost] });
    expect(walk.last.state.facets).toMatchObject({ payment: 'chargedBack', access: 'full' });
    expect(moneyIncidents(walk.last)).toMatchObject([{ kind: 'payment.disputeLost' }]);
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
