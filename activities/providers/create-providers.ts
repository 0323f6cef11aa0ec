import type { z } from 'zod';
import { ConfigError } from '../../platform/config.ts';
import { crm } from './crm/provider.ts';
import { smtp } from './email/smtp/provider.ts';
import { openai } from './llm/openai/provider.ts';
import { stripe } from './payment/stripe/provider.ts';
import type { providerSettings } from './settings.ts';
import { stubProblems } from './stub-secrets.ts';

/** The provider of each outside service. */
export const providers = { email: smtp, llm: openai, crm, payment: stripe };

/** What the settings of the outside services come to. */
export type ProviderSettings = z.infer<z.ZodObject<typeof providerSettings>>;

/** All outside services of one process. Create them once: each holds its own connections. */
export type Providers = { [S in keyof typeof providers]: ReturnType<(typeof providers)[S]['create']> } & {
  /** Waits for the mails under way and closes the connections to the mail server. */
  close(): Promise<void>;
};

/** Creates the adapters that the settings name. @throws Error if a setting cannot be used, or is a stand-in's beside a real address */
export function createProviders(settings: ProviderSettings): Providers {
  const problems = stubProblems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  const email = providers.email.create(settings);
  return {
    email,
    llm: providers.llm.create(settings),
    crm: providers.crm.create(settings),
    payment: providers.payment.create(settings),
    close: () => email.close(),
  };
}
