import Stripe from 'stripe';
import { stripeApiVersion } from './api-version.ts';

/** How to reach Stripe, or a server of its shape. */
export type StripeAccess = {
  /** https://api.stripe.com, or a double; plain http only on loopback. */
  baseUrl: string;
  secretKey: string;
  timeoutMs: number;
};

/** Creates the SDK of Stripe as all calls here use it. @throws Error if the base URL is plain http on anything but loopback */
export function createSdk(config: StripeAccess): Stripe {
  const { protocol, hostname, port } = new URL(config.baseUrl);
  const isPlain = protocol === 'http:';
  if (isPlain && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new Error('The payment service may be reached by plain http on loopback only.');
  }
  return new Stripe(config.secretKey, {
    apiVersion: stripeApiVersion,
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
    protocol: isPlain ? 'http' : 'https',
    // One owner of retries: the activity above. The SDK still repeats a request once whose connection was reset; it has the same key.
    maxNetworkRetries: 0,
    timeout: config.timeoutMs,
    telemetry: false,
  });
}
