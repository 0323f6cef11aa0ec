import { callTimeoutMs, defineProvider } from '../../provider.ts';
import { stripeSettings } from './settings.ts';
import { createStripeClient } from './stripe.ts';

/** Payments by Stripe. */
export const stripe = defineProvider({
  settings: stripeSettings,
  create: ({ STRIPE_BASE_URL: baseUrl, STRIPE_SECRET_KEY: secretKey }) =>
    createStripeClient({ baseUrl, secretKey, timeoutMs: callTimeoutMs }),
});
