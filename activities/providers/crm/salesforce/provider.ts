import { callTimeoutMs, defineProvider } from '../../provider.ts';
import { crmAccessSettings } from '../settings.ts';
import { createSalesforceClient } from './salesforce.ts';

/** Salesforce. */
export const salesforce = defineProvider({
  settings: crmAccessSettings,
  create: ({ CRM_BASE_URL: baseUrl, CRM_TOKEN: token }) =>
    createSalesforceClient({ baseUrl, token, timeoutMs: callTimeoutMs }),
});
