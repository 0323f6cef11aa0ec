import type { z } from 'zod';
import { crmAddressSettings } from '../platform/connections/settings.ts';
import { configShape } from '../platform/config.ts';
import { mailHookSettings } from '../platform/mail-reports/settings.ts';
import { modelSettings } from '../platform/models/settings.ts';
import { stripeAddressSettings, stripeKeySettings, stripeWebhookSettings } from '../platform/stripe/settings.ts';

/** Every setting of the API: those that all programs have, what its webhooks are believed by, which models there are, and where the CRM and Stripe are. */
export const apiShape = {
  ...configShape,
  ...modelSettings,
  ...stripeAddressSettings,
  ...stripeKeySettings,
  ...stripeWebhookSettings,
  ...crmAddressSettings,
  ...mailHookSettings,
};

/** The API's settings, parsed. */
export type ApiConfig = z.infer<z.ZodObject<typeof apiShape>>;

/**
 * What a start says of settings that work and are not safe together; null where there is nothing to say. A server that others can reach
 * speaks plain http itself, so without https before it passwords and keys can be read on their way.
 */
export function exposureWarning({ HOST, PUBLIC_URL }: Pick<ApiConfig, 'HOST' | 'PUBLIC_URL'>): string | null {
  const isOpen = !/^(localhost|::1|127(\.\d{1,3}){3})$/.test(HOST);
  if (!isOpen || PUBLIC_URL.startsWith('https:')) return null;
  return `The API listens on ${HOST}, and PUBLIC_URL is without https: put a proxy with https before it and set PUBLIC_URL to its address`;
}
