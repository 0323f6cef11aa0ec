import { tokenPaths } from '../../../../platform/connections/refresh-grant.ts';
import { callTimeoutMs, defineProvider } from '../../provider.ts';
import { crmToken } from '../crm-access.ts';
import { crmAccessSettings, crmOauthSettings } from '../settings.ts';
import { createHubspotClient } from './hubspot.ts';

/** HubSpot. */
export const hubspot = defineProvider({
  settings: { ...crmAccessSettings, ...crmOauthSettings },
  create: (access) =>
    createHubspotClient({
      baseUrl: access.CRM_BASE_URL,
      token: crmToken(access, tokenPaths.hubspot),
      timeoutMs: callTimeoutMs,
    }),
});
