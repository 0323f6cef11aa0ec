import { z } from 'zod';
import { listed } from '../config.ts';

/** The default of 0.1: everybody knows it, so a report signed with it proves nothing. */
const publishedSecret = 'whsec_stub';

/** What the API needs in order to believe a report of Stripe's. */
export const stripeWebhookSettings = {
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .default('')
    .transform(listed)
    .refine((secrets) => !secrets.includes(publishedSecret), 'is published: use the secret of your own endpoint')
    .describe(
      'secret that signs the webhooks, or two of them, comma-separated, while one replaces the other; without it none are taken',
    ),
};
