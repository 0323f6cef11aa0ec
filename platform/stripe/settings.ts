import { z } from 'zod';

/** What the API needs in order to believe a report of Stripe's. */
export const stripeWebhookSettings = {
  STRIPE_WEBHOOK_SECRET: z.string().default('whsec_stub').describe('secret that signs the webhooks'),
};
