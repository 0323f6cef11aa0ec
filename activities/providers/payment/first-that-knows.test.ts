import { afterAll, expect, it } from 'vitest';
import { startDoubles } from '../../../local/control/doubles.ts';
import { createStripeClient } from './stripe/stripe.ts';
import { firstThatKnows } from './first-that-knows.ts';

const [now, before] = [await startDoubles(), await startDoubles()];
afterAll(() => Promise.all([now.stop(), before.stop()]));

const [newAccount, oldAccount] = [now, before].map(({ urls }) =>
  createStripeClient({ baseUrl: urls.payment, secretKey: 'sk_test_x', timeoutMs: 30_000 }),
) as [ReturnType<typeof createStripeClient>, ReturnType<typeof createStripeClient>];
const both = firstThatKnows([newAccount, oldAccount]);
const order = {
  enrollmentId: 'enr-1',
  amountMinor: 12_000,
  currency: 'eur',
  description: 'SQL',
  successUrl: 'http://127.0.0.1/paid',
};

it('a payment that was begun in the account of before is ended there, once, and what is new is made in the one of now', async () => {
  const { id } = await oldAccount.createCheckout({ ...order, idempotencyKey: 'k1' });
  expect(await both.getCheckout(id)).toMatchObject({ id, status: 'open' });
  await before.control.paySession(id);
  const { paymentIntent } = await both.expireCheckout(id);
  const refund = { paymentIntent: paymentIntent ?? '', amountMinor: 12_000, idempotencyKey: 'back' };
  expect(await both.findRefund(refund)).toBeNull();
  const made = await both.refund(refund);
  expect(await both.refund(refund)).toEqual(made);
  expect(await both.findRefund(refund)).toEqual(made);
  expect((await both.lookUp(refund.paymentIntent)).refunds).toMatchObject([{ id: made.id, amountMinor: 12_000 }]);
  expect([now, before].map(({ payment }) => payment.store.refunds.size())).toEqual([0, 1]);

  await both.createCheckout({ ...order, idempotencyKey: 'k2' });
  expect([now, before].map(({ payment }) => payment.store.sessions.size())).toEqual([1, 1]);
});

it('the account of now is believed where it fails otherwise, and no other one is asked', async () => {
  const { id } = await oldAccount.createCheckout({ ...order, idempotencyKey: 'k3' });
  await now.control.addFault({ service: 'payment', fault: 'status', status: 503, count: 1 });
  await expect(both.expireCheckout(id)).rejects.toMatchObject({ failure: { kind: 'ambiguous' } });
  expect(await oldAccount.getCheckout(id)).toMatchObject({ status: 'open' });
});

it('a key of before that was revoked answers for nothing: it is said that the payment is not known', async () => {
  await before.control.addFault({ service: 'payment', fault: 'status', status: 401, count: 1 });
  await expect(both.getCheckout('cs_test_nowhere')).rejects.toMatchObject({
    failure: { kind: 'rejected', code: 'payment.resource_missing' },
  });
});
