import { afterAll, expect, it } from 'vitest';
import { startDoubles } from '../../../../local/control/doubles.ts';
import { readStatement } from './statement.ts';
import { createStripeClient } from './stripe.ts';

const doubles = await startDoubles();
const config = { baseUrl: doubles.urls.payment, secretKey: 'sk_test_x', timeoutMs: 30_000 };
const stripe = createStripeClient(config);
afterAll(() => doubles.stop());

async function pay(enrollmentId: string): Promise<string> {
  const texts = { description: 'SQL', successUrl: 'http://127.0.0.1/paid', idempotencyKey: enrollmentId };
  const { id } = await stripe.createCheckout({ enrollmentId, amountMinor: 12_000, currency: 'EUR', ...texts });
  await doubles.control.paySession(id);
  return id;
}

it('has every payment, page by page, with what went back of it', async () => {
  // One more than a page has.
  const sessions = await Promise.all(Array.from({ length: 101 }, (_, at) => pay(`e${at}`)));
  const [first = '', second = ''] = sessions;
  await doubles.control.actOnSession(first, 'refund', 5_000);
  await doubles.control.actOnSession(first, 'refund', 1_000);
  await doubles.control.actOnSession(first, 'failRefund');
  await doubles.control.actOnSession(second, 'dispute');
  const stated = await readStatement(config, new Date(Date.now() - 60_000).toISOString());
  expect(stated).toHaveLength(101);
  expect(stated.filter(({ wentMinor }) => wentMinor > 0).toSorted((a, b) => a.wentMinor - b.wentMinor)).toEqual([
    expect.objectContaining({ enrollmentId: 'e0', currency: 'EUR', cameMinor: 12_000, wentMinor: 5_000 }),
    expect.objectContaining({ enrollmentId: 'e1', currency: 'EUR', cameMinor: 12_000, wentMinor: 12_000 }),
  ]);
  expect(await readStatement(config, new Date(Date.now() + 60_000).toISOString())).toEqual([]);
});
