import { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import type { Tx } from '../db/core/workspace.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { openCredentials, type Opened } from './open-credentials.ts';
import type { CrmVendor } from './refresh-grant.ts';
import type { CredentialsPlace } from './stored-refresh-token.ts';

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

/** Where those with a refresh token are. */
export const crmPlace: CredentialsPlace<CrmCredentials> = {
  name: CRM_SECRET,
  open: openCrmConnection,
  shown: ({ refreshToken }) => refreshToken,
};

/** Credentials with a refresh token. */
export type AppCredentials = Exclude<CrmCredentials, { token: string }>;

/** What each kind of credentials gets into: whose CRM, and where that is. */
const places: {
  [K in CrmCredentials['kind']]: { vendor: CrmVendor; baseUrl(of: Extract<CrmCredentials, { kind: K }>): string };
} = {
  hubspotToken: { vendor: 'hubspot', baseUrl: () => hubspotUrl },
  hubspotApp: { vendor: 'hubspot', baseUrl: () => hubspotUrl },
  salesforceApp: { vendor: 'salesforce', baseUrl: ({ instanceUrl }) => instanceUrl },
};

const hubspotUrl = 'https://api.hubapi.com';

function placeOf({ kind }: CrmCredentials): { vendor: CrmVendor; baseUrl(of: CrmCredentials): string } {
  return places[kind];
}

/** Whose CRM credentials get into. */
export function vendorOf(credentials: CrmCredentials): CrmVendor {
  return placeOf(credentials).vendor;
}

/** The base URL to which credentials belong: the vendor's own, or the stand-in that the local stack plays. */
export function crmBaseUrl(credentials: CrmCredentials, { STAND_INS, CRM_BASE_URL }: CrmAddressConfig): string {
  if (STAND_INS.split(',').includes('crm')) return CRM_BASE_URL;
  return placeOf(credentials).baseUrl(credentials);
}
