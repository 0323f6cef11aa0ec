import { crmSettings } from './crm/settings.ts';
import { smtpSettings } from './email/smtp/settings.ts';
import { openaiSettings } from './llm/openai/settings.ts';
import { stripeSettings } from './payment/stripe/settings.ts';

/** The settings of all outside services. They stand apart from the providers, so that reading them loads no adapter. */
export const providerSettings = { ...smtpSettings, ...openaiSettings, ...crmSettings, ...stripeSettings };
