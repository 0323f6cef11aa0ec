import { z } from 'zod';

/** The default of 0.1: everybody knows it, so a report signed with it proves nothing. */
const publishedSecret = 'whsec_stub';

/** What the API needs in order to believe a report of Stripe's. */
export const stripeWebhookSettings = {
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .refine((secret) => secret !== publishedSecret, 'is published: use the secret of your own endpoint')
    .default('')
    .describe('secret that signs the webhooks; without it none are taken'),
};
