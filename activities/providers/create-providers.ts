import type { CrmClient, CrmConfig } from './crm/crm-client.ts';
import { createHubspotClient } from './crm/hubspot/hubspot.ts';
import { createSalesforceClient } from './crm/salesforce/salesforce.ts';
import { createSmtpPool, type EmailSender } from './email/smtp/smtp-pool.ts';
import { smtpConfigFromUrl } from './email/smtp/smtp-url.ts';
import { createLlmClient, type LlmClient } from './llm/openai/llm-client.ts';
import type { LlmConfig } from './llm/llm-config.ts';
import type { PaymentClient, PaymentConfig } from './payment/payment-client.ts';
import { createStripeClient } from './payment/stripe/stripe.ts';

/** All outside services of one process. Create them once: each holds its own connections. */
export interface Providers {
  email: EmailSender;
  llm: LlmClient;
  crm: CrmClient;
  payment: PaymentClient;
  /** Waits for the mails under way and closes the connections to the mail server. */
  close(): Promise<void>;
}

/** Where the outside services are. */
export interface ProvidersConfig {
  /** `smtp://` or `smtps://`, with user and password where needed. */
  smtpUrl: string;
  llm: LlmConfig;
  crm: { kind: 'hubspot' | 'salesforce' } & Omit<CrmConfig, 'timeoutMs'>;
  payment: Omit<PaymentConfig, 'timeoutMs'>;
}

/** The time-out of a CRM or payment call: below the 45 s that one attempt of such an activity may take, with room for two calls. */
const callTimeoutMs = 20_000;

/** Creates the adapters that the settings name. @throws Error if a setting cannot be used */
export function createProviders(config: ProvidersConfig): Providers {
  const { kind, ...crm } = config.crm;
  const email = createSmtpPool(smtpConfigFromUrl(config.smtpUrl));
  const createCrm = kind === 'hubspot' ? createHubspotClient : createSalesforceClient;
  return {
    email,
    llm: createLlmClient(config.llm),
    crm: createCrm({ ...crm, timeoutMs: callTimeoutMs }),
    payment: createStripeClient({ ...config.payment, timeoutMs: callTimeoutMs }),
    close: () => email.close(),
  };
}
