import { readStatement } from '../activities/providers/payment/stripe/statement.ts';
import { callTimeoutMs } from '../activities/providers/provider.ts';
import type { StatedPayment } from '../contracts/core/providers.ts';
import type { PaymentSettings } from './settings.ts';

/** What the payment service of the settings has, of checkouts made at `since` (ISO 8601) or later. @throws ProviderError */
export function paymentStatement(
  { STRIPE_BASE_URL: baseUrl, STRIPE_SECRET_KEY: secretKey }: PaymentSettings,
  since: string,
): Promise<StatedPayment[]> {
  return readStatement({ baseUrl, secretKey, timeoutMs: callTimeoutMs }, since);
}
