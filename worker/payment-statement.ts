import { callTimeoutMs } from '../activities/providers/provider.ts';
import { ProviderError } from '../activities/providers/provider-error.ts';
import { readStatement } from '../activities/providers/payment/stripe/statement.ts';
import type { StatedPayment } from '../contracts/core/providers.ts';
import {
  type StoredStripe,
  stripeBaseUrl,
  type StripeAddressConfig,
} from '../platform/connections/payment-connection.ts';
import type { PaymentSettings } from './settings.ts';

/** What the payment service of the settings has, of checkouts made at `since` (ISO 8601) or later. @throws ProviderError */
export function paymentStatement(
  { STRIPE_BASE_URL: baseUrl, STRIPE_SECRET_KEY: secretKey }: PaymentSettings,
  since: string,
): Promise<StatedPayment[]> {
  return readStatement({ baseUrl, secretKey, timeoutMs: callTimeoutMs }, since);
}

/**
 * The same of a workspace's own account, and of those that its keys of before belong to. One of those that is refused by now answers for
 * nothing: its payments are missing from the statement. @throws ProviderError where the key of now cannot be asked
 */
export async function ownPaymentStatement(
  { secretKey, before }: StoredStripe,
  config: StripeAddressConfig,
  since: string,
): Promise<StatedPayment[]> {
  const baseUrl = stripeBaseUrl(config);
  const statement = (key: string): Promise<StatedPayment[]> =>
    readStatement({ baseUrl, secretKey: key, timeoutMs: callTimeoutMs }, since);
  const found = await statement(secretKey);
  for (const earlier of new Set(before.map((each) => each.secretKey))) {
    if (earlier !== secretKey) found.push(...(await statement(earlier).catch(noneIfRefused)));
  }
  return found;
}

function noneIfRefused(error: unknown): StatedPayment[] {
  if (error instanceof ProviderError && error.failure.kind === 'misconfigured') return [];
  throw error;
}
