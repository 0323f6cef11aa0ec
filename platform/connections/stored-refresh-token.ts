import type { CrmCredentials } from '../../contracts/access/connections-api.schema.ts';
import { changeSecret, holdSecret } from '../db/access/secrets.ts';
import type { Db } from '../db/core/pool.ts';
import { inWorkspace } from '../db/core/workspace.ts';
import type { KeySource } from '../db/keys/master-keys.ts';
import { CRM_SECRET, openCrmConnection } from './crm-connection.ts';
import type { RefreshTokens } from './refresh-grant.ts';

/** Credentials with a refresh token. */
export type AppCredentials = Exclude<CrmCredentials, { token: string }>;

/** Where a workspace's refresh token is stored. */
export type StoredRefreshToken = { db: Db; keys: KeySource; workspaceId: string };

/**
 * The refresh token of a workspace's own CRM. One exchange is under way at a time over all processes; what comes in the token's place is
 * stored in the same transaction. Where that fails, this process goes on with what it was given and stores it the next time. What a person
 * enters meanwhile stays.
 */
export function storedRefreshTokens(of: StoredRefreshToken, app: AppCredentials): RefreshTokens {
  let unsaved: { before: string; after: string } | null = null;
  return {
    exchange: (ask) =>
      inWorkspace(of.db, of.workspaceId, async (tx) => {
        const place = { workspaceId: of.workspaceId, name: CRM_SECRET };
        await holdSecret(tx, place);
        const keys = await of.keys();
        const found = await openCrmConnection(tx, keys, of.workspaceId);
        const stored = found === null || found === 'unreadable' ? null : found.credentials;
        // Others are in their place: who asks finds them the next time.
        if (!isOf(app, stored)) return { kind: 'busy' };
        const before = stored.refreshToken;
        const answer = await ask(unsaved?.before === before ? unsaved.after : before);
        const after = answer.kind === 'granted' ? answer.refreshToken : null;
        if (after !== null) unsaved = { before, after };
        if (unsaved?.before !== before) return answer;
        const { after: refreshToken } = unsaved;
        await changeSecret(tx, keys, place, (text) =>
          text === JSON.stringify(stored)
            ? { value: JSON.stringify({ ...stored, refreshToken }), shown: refreshToken }
            : null,
        );
        return answer;
      }),
  };
}

function isOf(app: AppCredentials, stored: CrmCredentials | null): stored is AppCredentials {
  if (stored === null || 'token' in stored) return false;
  const { refreshToken: _, ...given } = app;
  const { refreshToken: __, ...found } = stored;
  return JSON.stringify(given) === JSON.stringify(found);
}
