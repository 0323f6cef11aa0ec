import { permissions } from '../../contracts/access/access.ts';
import type { Db } from '../../platform/db/core/pool.ts';
import {
  areKeysValid,
  createOperatorKey,
  createSignInLink,
  ensureMember,
  ensureWorkspace,
} from '../../platform/db/access/provisioning.ts';
import { readLocalServer } from '../support/connection.ts';

/** The workspace "Demo" as a start needs it: keys for the examples, and the token of a one-time sign-in link. */
export type Demo = { adminKey: string; approverKey: string; signInToken: string };

/**
 * Makes the workspace "Demo" with its one member unless they exist, and keys unless those of the last start still hold: with a second
 * member who may approve, nobody could approve what they start themselves. The sign-in link is a new one each time. `owner` is a database
 * opened as `tl_owner`.
 */
export async function seedDemo(owner: Db): Promise<Demo> {
  const workspaceId = await ensureWorkspace(owner, { slug: 'demo', name: 'Demo' });
  const memberId = await ensureMember(owner, {
    workspaceId,
    email: 'you@throughline.test',
    name: 'Robin Hale',
    roles: ['admin', 'approver', 'designer', 'engineer', 'operator'],
  });
  const last = readLocalServer();
  const makeKey = (name: string, scopes: string[]): Promise<string> =>
    createOperatorKey(owner, { workspaceId, name, scopes });
  // The database may be another one than at the last start.
  const isKept = last !== null && (await areKeysValid(owner, [last.adminKey, last.approverKey]));
  const adminKey = isKept ? last.adminKey : await makeKey('Local command line', [...permissions]);
  const approverKey = isKept
    ? last.approverKey
    : await makeKey('Demo approver', ['gates:read', 'gates:decide', 'role:approver']);
  return { adminKey, approverKey, signInToken: await createSignInLink(owner, { workspaceId, memberId }) };
}
