import { z } from 'zod';
import { Credential } from '../../../contracts/core/values.schema.ts';
import { crmAddressSettings } from '../../../platform/connections/settings.ts';

/** Where a CRM is; all of them are reached with a base URL and a token. */
export const crmAccessSettings = {
  ...crmAddressSettings,
  CRM_TOKEN: Credential.default('stub').describe('token for it'),
};

/** A connected app of the CRM, instead of a token that stays: its access tokens are got by the refresh token. All three, or none. */
export const crmOauthSettings = {
  CRM_CLIENT_ID: z
    .string()
    .default('')
    .describe('client id of the CRM’s connected app, with the next two instead of CRM_TOKEN'),
  CRM_CLIENT_SECRET: z.string().default('').describe('its client secret'),
  CRM_REFRESH_TOKEN: z
    .string()
    .default('')
    .describe('a refresh token of it, which must stay the same (without rotation)'),
};

/** Which CRM it is, and where. */
export const crmSettings = {
  CRM_KIND: z.enum(['hubspot', 'salesforce']).default('hubspot').describe('which CRM the crm steps write to'),
  ...crmAccessSettings,
  ...crmOauthSettings,
};
