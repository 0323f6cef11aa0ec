import { afterAll, expect, it } from 'vitest';
import { startDoubles } from '../../local/control/doubles.ts';
import { keyRefusal } from './key-refusal.ts';

const doubles = await startDoubles();
const config = { baseUrl: doubles.urls.payment, secretKey: 'rk_live_very-secret', timeoutMs: 30_000 };
afterAll(() => doubles.stop());

it('a key that Stripe takes is not spoken of, and looking at it changes nothing', async () => {
  expect(await keyRefusal(config)).toBeNull();
  expect([doubles.payment.store.sessions.size(), doubles.payment.store.refunds.size()]).toEqual([0, 0]);
});

it('a key that is refused, or may not do all, is named with what to do, and not shown', async () => {
  await doubles.control.addFault({ service: 'payment', fault: 'status', status: 401, count: 1 });
  const revoked = await keyRefusal(config);
  expect(revoked).toContain('revoked or rolled');
  for (const match of ['/v1/refunds', '/v1/disputes'])
    await doubles.control.addFault({ service: 'payment', fault: 'status', status: 403, match, count: 1 });
  const restricted = await keyRefusal(config);
  expect(restricted).toContain('needs Refunds: write, Disputes: read.');
  expect(`${revoked} ${restricted}`).not.toContain('very-secret');
});

it('a service that is away says nothing of its key', async () => {
  await doubles.control.addFault({ service: 'payment', fault: 'status', status: 503, count: 4 });
  expect(await keyRefusal(config)).toBeNull();
});
