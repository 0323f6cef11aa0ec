import { createHmac } from 'node:crypto';
import type { MasterKey } from './master-keys.ts';

/**
 * What is kept of an address that must not be written to: a hash under the master key and the workspace. It outlives the
 * erasure of the contact and reveals the address to no one.
 */
export function addressHash(key: MasterKey, workspaceId: string, address: string): string {
  return createHmac('sha256', key.text)
    .update(`throughline/suppression/${workspaceId}\0${address.trim().toLowerCase()}`)
    .digest('hex');
}
