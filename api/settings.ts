import type { z } from 'zod';
import { configShape } from '../platform/config.ts';
import { stripeWebhookSettings } from '../platform/stripe/settings.ts';

/** Every setting of the API: those that all programs have, and what its webhooks need. */
export const apiShape = { ...configShape, ...stripeWebhookSettings };

/** The API's settings, parsed. */
export type ApiConfig = z.infer<z.ZodObject<typeof apiShape>>;
