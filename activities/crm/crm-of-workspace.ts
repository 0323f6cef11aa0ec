import { LRUCache } from 'lru-cache';
import type { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import {
  type CrmAddressConfig,
  crmBaseUrl,
  openCrmCredentials,
  UNREADABLE_CRM,
} from '../../platform/connections/crm-connection.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { CrmClient } from '../providers/crm/crm-client.ts';
import { hubspot } from '../providers/crm/hubspot/provider.ts';
import { salesforce } from '../providers/crm/salesforce/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';

/** The CRM of a workspace: by its own credentials as they are now, else the installation's. */
export type CrmOf = (tx: Tx, workspaceId: string) => Promise<CrmClient>;

/** Clients hold access tokens, so each is kept as long as its credentials are used. */
const keptClients = 500;

/** Makes the function that finds the CRM of a workspace. */
export function createCrmOf(of: { keys: KeySource; config: CrmAddressConfig; installation: CrmClient }): CrmOf {
  const clients = new LRUCache<string, CrmClient>({ max: keptClients });
  return async (tx, workspaceId) => {
    const credentials = await openCrmCredentials(tx, await of.keys(), workspaceId);
    if (credentials === null) return of.installation;
    if (credentials === 'unreadable') return unreadable;
    const id = JSON.stringify(credentials);
    const known = clients.get(id);
    if (known) return known;
    const client = clientOf(credentials, of.config);
    clients.set(id, client);
    return client;
  };
}

/** Stands for a CRM into which nobody can get: each call waits until a person has seen to it, as for a key that is refused. */
const unreadable: CrmClient = { upsertContact: refuse, addNote: refuse };

function refuse(): Promise<never> {
  return Promise.reject(new ProviderError({ kind: 'misconfigured', code: 'crm.unreadable', message: UNREADABLE_CRM }));
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
