import { z } from 'zod';
import { baseUrl } from '../../../platform/base-url.ts';

/** Where a CRM is; all of them are reached with a base URL and a token. */
export const crmAccessSettings = {
  CRM_BASE_URL: baseUrl.default('http://127.0.0.1:4412').describe('base URL of the CRM'),
  CRM_TOKEN: z.string().default('stub').describe('token for it'),
};

/** Which CRM it is, and where. */
export const crmSettings = {
  CRM_KIND: z.enum(['hubspot', 'salesforce']).default('hubspot').describe('which CRM the crm steps write to'),
  ...crmAccessSettings,
};
