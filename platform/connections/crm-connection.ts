import { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';

/** The name of the secret with a workspace's own `CrmCredentials`, as JSON. */
export const CRM_SECRET = 'crm';

/** The settings that say where calls of a workspace go. */
export type CrmAddressConfig = { STAND_INS: string; CRM_BASE_URL: string };

/** What was stored as the secret. @throws ZodError where it is no such credentials */
export function crmCredentials(stored: string): CrmCredentials {
  return CrmCredentials.parse(JSON.parse(stored));
}

/** The base URL to which credentials belong: the vendor's own, or the stand-in that the local stack plays. */
export function crmBaseUrl(credentials: CrmCredentials, { STAND_INS, CRM_BASE_URL }: CrmAddressConfig): string {
  if (STAND_INS.split(',').includes('crm')) return CRM_BASE_URL;
  return credentials.kind === 'salesforceApp' ? credentials.instanceUrl : 'https://api.hubapi.com';
}
