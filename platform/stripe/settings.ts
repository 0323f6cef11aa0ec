import { z } from 'zod';
import { listed } from '../config.ts';
import { standInKey } from './mode.ts';

/** The default of 0.1: everybody knows it, so a report signed with it proves nothing. */
const publishedSecret = 'whsec_stub';

/** Where Stripe is; that of a stand-in is used by workspaces with keys of their own too. */
export const stripeAddressSettings = {
  STRIPE_BASE_URL: z
    .url()
    .default('http://127.0.0.1:4413')
    .describe('Stripe or a server of its shape; plain http only on loopback'),
};

/** The key of Stripe: workers call with it, and the API sees by it which mode the reports are to be of. */
export const stripeKeySettings = {
  STRIPE_SECRET_KEY: z.string().default(standInKey).describe('secret key, or a restricted one'),
};

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
