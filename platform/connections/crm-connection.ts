import { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import type { Tx } from '../db/core/workspace.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { openCredentials, type Opened } from './open-credentials.ts';

/** The name of the secret with a workspace's own `CrmCredentials`, as JSON. */
export const CRM_SECRET = 'crm';

/** What screens and incidents say of credentials that are stored and cannot be opened. */
export const UNREADABLE_CRM =
  'The credentials that are stored for the CRM cannot be opened: this process has not been given the key that sealed them. Give it that key, or connect the CRM again.';

/** The settings that say where calls of a workspace go. */
export type CrmAddressConfig = { STAND_INS: string; CRM_BASE_URL: string };

/** A workspace's own credentials, and when a person has set them; null where it has none. */
export function openCrmConnection(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<Opened<CrmCredentials>> {
  return openCredentials(tx, keys, { workspaceId, name: CRM_SECRET }, CrmCredentials);
}

/** The base URL to which credentials belong: the vendor's own, or the stand-in that the local stack plays. */
export function crmBaseUrl(credentials: CrmCredentials, { STAND_INS, CRM_BASE_URL }: CrmAddressConfig): string {
  if (STAND_INS.split(',').includes('crm')) return CRM_BASE_URL;
  return credentials.kind === 'salesforceApp' ? credentials.instanceUrl : 'https://api.hubapi.com';
}
