import { LRUCache } from 'lru-cache';
import type { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import {
  type CrmAddressConfig,
  crmBaseUrl,
  crmPlace,
  openCrmConnection,
  UNREADABLE_CRM,
  vendorOf,
} from '../../platform/connections/crm-connection.ts';
import { tokenPaths, type CrmVendor } from '../../platform/connections/refresh-grant.ts';
import { storedRefreshTokens } from '../../platform/connections/stored-refresh-token.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import type { Tx } from '../../platform/db/core/workspace.ts';
import type { KeySource } from '../../platform/db/keys/master-keys.ts';
import type { CrmClient, CrmConfig } from '../providers/crm/crm-client.ts';
import { createHubspotClient } from '../providers/crm/hubspot/hubspot.ts';
import { crmTokens } from '../providers/crm/oauth.ts';
import { createSalesforceClient } from '../providers/crm/salesforce/salesforce.ts';
import { callTimeoutMs } from '../providers/provider.ts';
import { ProviderError } from '../providers/provider-error.ts';

/** The CRM of a workspace: by its own credentials as they are now, else the installation's. */
export type CrmOf = (tx: Tx, workspaceId: string) => Promise<CrmClient>;

/** Clients hold access tokens, so each is kept as long as its credentials are used. */
const keptClients = 500;

/** What the CRMs of workspaces are made of. `db` keeps the refresh tokens that a CRM rotates. */
export type CrmOfDeps = { db: Db; keys: KeySource; config: CrmAddressConfig; installation: CrmClient };

/** Makes the function that finds the CRM of a workspace. */
export function createCrmOf(of: CrmOfDeps): CrmOf {
  const clients = new LRUCache<string, CrmClient>({ max: keptClients });
  return async (tx, workspaceId) => {
    const found = await openCrmConnection(tx, await of.keys(), workspaceId);
    if (found === null) return of.installation;
    if (found === 'unreadable') return unreadable;
    // What a person has set, whatever refresh token it has by now: another one is no reason to get another access token.
    const id = `${workspaceId} ${found.setAt.toISOString()}`;
    const known = clients.get(id);
    if (known) return known;
    const client = clientOf(of, workspaceId, found.credentials);
    clients.set(id, client);
    return client;
  };
}

/** Stands for a CRM into which nobody can get: each call waits until a person has seen to it, as for a key that is refused. */
const unreadable: CrmClient = { upsertContact: refuse, addNote: refuse };

function refuse(): Promise<never> {
  return Promise.reject(new ProviderError({ kind: 'misconfigured', code: 'crm.unreadable', message: UNREADABLE_CRM }));
}

function clientOf({ db, keys, config }: CrmOfDeps, workspaceId: string, credentials: CrmCredentials): CrmClient {
  const baseUrl = crmBaseUrl(credentials, config);
  const vendor = vendorOf(credentials);
  const create = (token: CrmConfig['token']): CrmClient =>
    adapters[vendor]({ baseUrl, token, timeoutMs: callTimeoutMs });
  if ('token' in credentials) return create(credentials.token);
  const { clientId, clientSecret } = credentials;
  const refreshTokens = storedRefreshTokens({ db, keys, workspaceId }, crmPlace, credentials);
  return create(crmTokens({ url: `${baseUrl}${tokenPaths[vendor]}`, clientId, clientSecret, refreshTokens }));
}

const adapters: Record<CrmVendor, (config: CrmConfig) => CrmClient> = {
  hubspot: createHubspotClient,
  salesforce: createSalesforceClient,
};
