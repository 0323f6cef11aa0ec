import { z } from 'zod';
import { stripeKeySettings } from '../../../../platform/stripe/settings.ts';

/** Where Stripe is. The secret of its webhooks is the API's: `platform/stripe/settings.ts`. */
export const stripeSettings = {
  STRIPE_BASE_URL: z
    .url()
    .default('http://127.0.0.1:4413')
    .describe('Stripe or a server of its shape; plain http only on loopback'),
  ...stripeKeySettings,
};
