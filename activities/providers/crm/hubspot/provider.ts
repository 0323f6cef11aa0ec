import { callTimeoutMs, defineProvider } from '../../provider.ts';
import { crmAccessSettings } from '../settings.ts';
import { createHubspotClient } from './hubspot.ts';

/** HubSpot. */
export const hubspot = defineProvider({
  settings: crmAccessSettings,
  create: ({ CRM_BASE_URL: baseUrl, CRM_TOKEN: token }) =>
    createHubspotClient({ baseUrl, token, timeoutMs: callTimeoutMs }),
});
