/** The version of Stripe's API that calls ask for, whatever the account has set; the shapes here are read by it. */
export const stripeApiVersion = '2026-10-28.endive';
