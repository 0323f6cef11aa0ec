/** Whether money moves: Stripe keeps two sets of everything, and a key sees one of them. */
export type StripeMode = 'test' | 'live';

/** The mode of a secret or restricted key; null where it does not say, as that of the local stand-in. */
export function modeOf(secretKey: string): StripeMode | null {
  if (secretKey === standInKey) return null;
  const mode = /^[a-z]+_(test|live)_/.exec(secretKey)?.[1];
  return mode === 'test' || mode === 'live' ? mode : null;
}

/** What the stand-in of the local stack takes for a key. */
export const standInKey = 'sk_test_stub';

/** Whether the installation has an account: without one it has the key of a stand-in that nothing plays. */
export function hasAccount(config: { STAND_INS: string; STRIPE_SECRET_KEY: string }): boolean {
  return config.STRIPE_SECRET_KEY !== standInKey || config.STAND_INS.split(',').includes('payment');
}
