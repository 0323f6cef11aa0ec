import { expect, it } from 'vitest';
import type { Checkout } from '../../contracts/core/providers.ts';
import { messageOf } from './payment-events.ts';

const checkout: Checkout = {
  id: 'cs_1',
  url: null,
  status: 'complete',
  isPaid: true,
  isUnderWay: false,
  paymentIntent: 'pi_1',
  amountMinor: 12_000,
  listMinor: 12_000,
  currency: 'EUR',
  enrollmentId: null,
  expiresAt: '2026-11-01T10:00:00.000Z',
};
const occurredAt = '2026-11-01T09:00:00.000Z';

// Stripe sends again for the first time after some minutes; a refund made meanwhile was of a payment that nobody knew here.
it.each([
  ['as it happens', 5_000, undefined],
  ['for the second time', 300_000, true],
])(
  'looks for refunds that came before their payment is reported %s (woocommerce-gateway-stripe 5478)',
  (_, afterMs, isLate) => {
    const event = { kind: 'checkoutPaid', checkout, eventId: 'evt_1', occurredAt } as const;
    expect(messageOf(event, 'checkout/1', Date.parse(occurredAt) + afterMs)?.['isLate']).toBe(isLate);
  },
);
