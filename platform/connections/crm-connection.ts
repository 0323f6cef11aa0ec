import { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import type { Tx } from '../db/core/workspace.ts';
import { openSecretOf } from '../db/access/secrets.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import { SealError } from '../keys/seal.ts';

/** The name of the secret with a workspace's own `CrmCredentials`, as JSON. */
export const CRM_SECRET = 'crm';

/** What screens and incidents say of credentials that are stored and cannot be opened. */
export const UNREADABLE_CRM =
  'The credentials that are stored for the CRM cannot be opened: this process has not been given the key that sealed them. Give it that key, or connect the CRM again.';

/** The settings that say where calls of a workspace go. */
export type CrmAddressConfig = { STAND_INS: string; CRM_BASE_URL: string };

/** A workspace's own credentials, as `openCrmConnection` finds them. */
export async function openCrmCredentials(
  tx: Tx,
  keys: MasterKeys,
  workspaceId: string,
): Promise<CrmCredentials | 'unreadable' | null> {
  const found = await openCrmConnection(tx, keys, workspaceId);
  return found === null || found === 'unreadable' ? found : found.credentials;
}

/**
 * A workspace's own credentials, and when a person has set them; null where it has none, `unreadable` where no key that was given opens them, or what was stored has not their
 * shape: then a person enters them again.
 */
export async function openCrmConnection(
  tx: Tx,
  keys: MasterKeys,
  workspaceId: string,
): Promise<{ credentials: CrmCredentials; setAt: Date } | 'unreadable' | null> {
  try {
    const stored = await openSecretOf(tx, keys, { workspaceId, name: CRM_SECRET });
    if (stored === null) return null;
    const credentials = CrmCredentials.safeParse(JSON.parse(stored.value)).data;
    return credentials ? { credentials, setAt: stored.setAt } : 'unreadable';
  } catch (error) {
    if (error instanceof SealError || error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}

/** The base URL to which credentials belong: the vendor's own, or the stand-in that the local stack plays. */
export function crmBaseUrl(credentials: CrmCredentials, { STAND_INS, CRM_BASE_URL }: CrmAddressConfig): string {
  if (STAND_INS.split(',').includes('crm')) return CRM_BASE_URL;
  return credentials.kind === 'salesforceApp' ? credentials.instanceUrl : 'https://api.hubapi.com';
}
