import { tokenPaths } from '../../../../platform/connections/refresh-grant.ts';
import { callTimeoutMs, defineProvider } from '../../provider.ts';
import { crmToken } from '../crm-access.ts';
import { crmAccessSettings, crmOauthSettings } from '../settings.ts';
import { createSalesforceClient } from './salesforce.ts';

/** Salesforce. */
export const salesforce = defineProvider({
  settings: { ...crmAccessSettings, ...crmOauthSettings },
  create: (access) =>
    createSalesforceClient({
      baseUrl: access.CRM_BASE_URL,
      token: crmToken(access, tokenPaths.salesforce),
      timeoutMs: callTimeoutMs,
    }),
});
