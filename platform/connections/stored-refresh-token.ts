import { changeSecret, holdSecret } from '../db/access/secrets.ts';
import type { Db } from '../db/core/pool.ts';
import { inWorkspace, type Tx } from '../db/core/workspace.ts';
import type { KeySource } from '../db/keys/master-keys.ts';
import type { MasterKeys } from '../keys/master-keys.ts';
import type { Opened } from './open-credentials.ts';
import type { RefreshTokens } from './refresh-grant.ts';

/** Credentials with a refresh token. */
export type WithRefreshToken = { refreshToken: string };

/** In which workspace a refresh token is stored. */
export type StoredRefreshToken = { db: Db; keys: KeySource; workspaceId: string };

/** Where a service's credentials are stored, how they are opened, and what may be shown of them. */
export type CredentialsPlace<Credentials> = {
  name: string;
  open(tx: Tx, keys: MasterKeys, workspaceId: string): Promise<Opened<Credentials>>;
  shown(credentials: Credentials & WithRefreshToken): string;
};

/**
 * The refresh token of a workspace's own service. One exchange is under way at a time over all processes; what comes in the token's place is
 * stored in the same transaction. Where that fails, this process goes on with what it was given and stores it the next time. What a person
 * enters meanwhile stays.
 */
export function storedRefreshTokens<Credentials extends object>(
  of: StoredRefreshToken,
  { name, open, shown }: CredentialsPlace<Credentials>,
  app: Credentials & WithRefreshToken,
): RefreshTokens {
  let unsaved: { before: string; after: string } | null = null;
  return {
    exchange: (ask) =>
      inWorkspace(of.db, of.workspaceId, async (tx) => {
        const place = { workspaceId: of.workspaceId, name };
        await holdSecret(tx, place);
        const keys = await of.keys();
        const found = await open(tx, keys, of.workspaceId);
        const stored = found === null || found === 'unreadable' ? null : found.credentials;
        // Others are in their place: who asks finds them the next time.
        if (!isOf(app, stored)) return { kind: 'busy' };
        const before = stored.refreshToken;
        const answer = await ask(unsaved?.before === before ? unsaved.after : before);
        const after = answer.kind === 'granted' ? answer.refreshToken : null;
        if (after !== null) unsaved = { before, after };
        if (unsaved?.before !== before) return answer;
        const changed = { ...stored, refreshToken: unsaved.after };
        await changeSecret(tx, keys, place, (text) =>
          text === JSON.stringify(stored) ? { value: JSON.stringify(changed), shown: shown(changed) } : null,
        );
        return answer;
      }),
  };
}

function isOf<Credentials extends object>(
  app: Credentials & WithRefreshToken,
  stored: Credentials | null,
): stored is Credentials & WithRefreshToken {
  if (stored === null || !('refreshToken' in stored)) return false;
  const without = (credentials: object): string => JSON.stringify({ ...credentials, refreshToken: null });
  return without(app) === without(stored);
}
