import { z } from 'zod';

const metadata = z.record(z.string(), z.string());

/** A checkout session, with the fields of Stripe's that the adapters and screens read. Amounts are in minor units, times in Unix seconds. */
export const Session = z.strictObject({
  id: z.string(),
  object: z.literal('checkout.session'),
  mode: z.literal('payment'),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.enum(['unpaid', 'paid', 'no_payment_required']),
  amount_total: z.int(),
  amount_subtotal: z.int().optional(),
  currency: z.string(),
  client_reference_id: z.string().nullable(),
  customer_email: z.string().nullable(),
  payment_intent: z.string().nullable(),
  metadata,
  success_url: z.string(),
  cancel_url: z.string().nullable(),
  url: z.string().nullable(),
  description: z.string(),
  created: z.int(),
  expires_at: z.int(),
  livemode: z.literal(false),
});
export type Session = z.infer<typeof Session>;

/** A payment intent: the money of one session. */
export const PaymentIntent = z.strictObject({
  id: z.string(),
  object: z.literal('payment_intent'),
  status: z.enum(['requires_payment_method', 'processing', 'succeeded', 'canceled']),
  amount: z.int(),
  amount_received: z.int(),
  currency: z.string(),
  metadata,
  created: z.int(),
  livemode: z.literal(false),
});
export type PaymentIntent = z.infer<typeof PaymentIntent>;

/** A refund, in whole or in part. */
export const Refund = z.strictObject({
  id: z.string(),
  object: z.literal('refund'),
  status: z.enum(['succeeded', 'failed']),
  amount: z.int(),
  currency: z.string(),
  payment_intent: z.string(),
  reason: z.string().nullable(),
  failure_reason: z.string().optional(),
  metadata,
  created: z.int(),
});
export type Refund = z.infer<typeof Refund>;

/** A dispute: the payer's bank has taken the money, until it decides. `balance_transactions` are what it moved. */
export const Dispute = z.strictObject({
  id: z.string(),
  object: z.literal('dispute'),
  status: z.enum(['needs_response', 'won', 'lost']),
  amount: z.int(),
  currency: z.string(),
  payment_intent: z.string(),
  balance_transactions: z.array(z.strictObject({ amount: z.int() })),
  created: z.int(),
  livemode: z.literal(false),
});
export type Dispute = z.infer<typeof Dispute>;

/** Something that happened, as a webhook carries it. `object` is a copy from that moment. */
export const PaymentEvent = z.strictObject({
  id: z.string(),
  object: z.literal('event'),
  type: z.string(),
  api_version: z.string(),
  created: z.int(),
  livemode: z.literal(false),
  pending_webhooks: z.int(),
  request: z.null(),
  data: z.strictObject({ object: z.record(z.string(), z.unknown()) }),
});
export type PaymentEvent = z.infer<typeof PaymentEvent>;

/** The first answer to an idempotency key, with the fingerprint of the request that it answered. */
export const KeptAnswer = z.strictObject({
  key: z.string(),
  fingerprint: z.string(),
  status: z.int(),
  json: z.unknown(),
});
export type KeptAnswer = z.infer<typeof KeptAnswer>;
