import { LRUCache } from 'lru-cache';
import type { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import {
  CRM_SECRET,
  type CrmAddressConfig,
  crmBaseUrl,
  crmCredentials,
} from '../../platform/connections/crm-connection.ts';
import { openSecret } from '../../platform/db/access/secrets.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { CrmClient } from '../providers/crm/crm-client.ts';
import { hubspot } from '../providers/crm/hubspot/provider.ts';
import { salesforce } from '../providers/crm/salesforce/provider.ts';

/** The CRM of a workspace: by its own credentials as they are now, else the installation's. */
export type CrmOf = (tx: Tx, workspaceId: string) => Promise<CrmClient>;

/** Clients hold access tokens, so each is kept as long as its credentials are used. */
const keptClients = 500;

/** Makes the function that finds the CRM of a workspace. */
export function createCrmOf(of: { keys: KeySource; config: CrmAddressConfig; installation: CrmClient }): CrmOf {
  const clients = new LRUCache<string, CrmClient>({ max: keptClients });
  return async (tx, workspaceId) => {
    const stored = await openSecret(tx, await of.keys(), { workspaceId, name: CRM_SECRET });
    if (stored === null) return of.installation;
    const known = clients.get(stored);
    if (known) return known;
    const client = clientOf(crmCredentials(stored), of.config);
    clients.set(stored, client);
    return client;
  };
}

function clientOf(credentials: CrmCredentials, config: CrmAddressConfig): CrmClient {
  const { kind } = credentials;
  const isToken = kind === 'hubspotToken';
  return (kind === 'salesforceApp' ? salesforce : hubspot).create({
    CRM_BASE_URL: crmBaseUrl(credentials, config),
    CRM_TOKEN: isToken ? credentials.token : '',
    CRM_CLIENT_ID: isToken ? '' : credentials.clientId,
    CRM_CLIENT_SECRET: isToken ? '' : credentials.clientSecret,
    CRM_REFRESH_TOKEN: isToken ? '' : credentials.refreshToken,
  });
}
