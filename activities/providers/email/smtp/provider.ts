import { defineProvider } from '../../provider.ts';
import { smtpSettings } from './settings.ts';
import { createSmtpPool } from './smtp-pool.ts';
import { smtpConfig } from './smtp-url.ts';

/** Mail over SMTP. */
export const smtp = defineProvider({
  settings: smtpSettings,
  create: (settings) => createSmtpPool(smtpConfig(settings)),
});
