import type { z } from 'zod';
import { messagingSettings } from '../activities/messaging/settings.ts';
import { smtpSettings } from '../activities/providers/email/smtp/settings.ts';
import { stripeSettings } from '../activities/providers/payment/stripe/settings.ts';
import { providerSettings } from '../activities/providers/settings.ts';
import { configShape } from '../platform/config.ts';
import { returnedMailboxSettings } from '../platform/mail-reports/returned-mailbox/settings.ts';
import { mailHookSettings } from '../platform/mail-reports/settings.ts';
import { modelSettings } from '../platform/models/settings.ts';
import { stripeWebhookSettings } from '../platform/stripe/settings.ts';

/** Every setting of a worker: those that all programs have, and those of the activities, of the outside services and of the mailbox of returned mails. */
export const workerShape = {
  ...configShape,
  ...messagingSettings,
  ...modelSettings,
  ...providerSettings,
  ...returnedMailboxSettings,
};

/** A worker's settings, parsed. */
export type WorkerConfig = z.infer<z.ZodObject<typeof workerShape>>;

/** What `throughline mail test` needs. */
export const mailShape = { THROUGHLINE_KEY: configShape.THROUGHLINE_KEY, ...messagingSettings, ...smtpSettings };

/** The settings of mail, parsed. */
export type MailConfig = z.infer<z.ZodObject<typeof mailShape>>;

/** What `throughline check money` needs to ask the payment service. */
export const paymentShape = stripeSettings;

/** The settings of the payment service, parsed. */
export type PaymentSettings = z.infer<z.ZodObject<typeof paymentShape>>;

/** Every setting of the whole installation; `.env.example` is made from it. */
export const installationShape = { ...workerShape, ...stripeWebhookSettings, ...mailHookSettings };
