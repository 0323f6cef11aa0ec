import { defineProvider } from '../../provider.ts';
import { smtpSettings } from './settings.ts';
import { createSmtpPool } from './smtp-pool.ts';
import { smtpConfigFromUrl } from './smtp-url.ts';

/** Mail over SMTP. */
export const smtp = defineProvider({
  settings: smtpSettings,
  create: ({ SMTP_URL }) => createSmtpPool(smtpConfigFromUrl(SMTP_URL)),
});
