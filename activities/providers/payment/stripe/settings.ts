import { stripeAddressSettings, stripeKeySettings } from '../../../../platform/stripe/settings.ts';

/** Where Stripe is, and the key. The secret of its webhooks is the API's: `platform/stripe/settings.ts`. */
export const stripeSettings = { ...stripeAddressSettings, ...stripeKeySettings };
